import { defaultPairName, precisions } from '@tandem/models'
import { type Command, Option } from 'commander'
import { apiKey, namedSource, wholeNumber } from './arguments.js'

/** Options that several commands have. */

export const addVerbose = (command: Command) =>
  command.option('--verbose', 'show what the processes log, and where errors come from', false)

const addPairOptions = (command: Command) =>
  addVerbose(command)
    .option('--pair <name>', `a pair of the catalog (${defaultPairName} where no model is named)`)
    .option(
      '--sft <source>',
      'model folder, Hugging Face folder, GGUF file, exported ONNX graph, hf:ORG/REPO of the hub, or grpc://HOST:PORT of a service that runs',
    )
    .option('--dpo <source>', 'the same, or a LoRA adapter that goes on the --sft')
    .addOption(precisionOption())
    .option('--paired', 'one process holds both models of an adapter on its base, whose weights are then loaded once')
    .option('--no-paired', 'two services, the default ("tandem tune" measures which is faster here)')
    .addOption(new Option('--threads <number>', 'of each service').argParser(wholeNumber(1, 1024)))
    .addOption(new Option('--template-from <model>', 'whose chat template and end tokens hold').choices(['dpo', 'sft']))

/** What is served, without defaults: what is not given may stand in a file or in the environment. */
export const addServedOptions = (command: Command) =>
  addConfigOption(addPairOptions(command))
    .addOption(new Option('--model <name=source>', 'a model more, for formulas (repeatable)').argParser(namedSource))
    .addOption(
      new Option('--reward <name=source>', 'a reward model, for best-of-n (repeatable)').argParser(namedSource),
    )
    .option('--device <list>', 'what models compute on: cpu, webgpu, cuda, or several to try, e.g. webgpu,cpu (cpu)')
    .option('--name <name>', "the pair's name in the API")

/** What `tandem up` takes. */
export const addUpOptions = (command: Command) => addListenOptions(addServedOptions(command))

export const addConfigOption = (command: Command) =>
  command.option('--config <file>', 'settings; left out, ./tandem.yaml where there is one')

/** Where the gateway listens, and to whom it answers. */
export const addListenOptions = (command: Command) =>
  command
    .option('--host <address>', 'where the gateway listens (127.0.0.1)')
    .addOption(new Option('--port <number>', '0 takes a free one (8080)').argParser(wholeNumber(0, 65_535)))
    .addOption(apiKeyOption('clients must send one of these keys (repeatable; else TANDEM_API_KEYS=key1,key2)'))

/** What an answer's length is, and which gateway is asked. */
export const addAskOptions = (command: Command) =>
  command
    .addOption(new Option('--max-tokens <number>', 'of an answer').argParser(wholeNumber(1, 1_000_000)))
    .option('--url <url>', 'a gateway that runs already; left out, one is started for the time of the command')
    .addOption(apiKeyOption('the key that the gateway at --url wants'))

export const precisionOption = () =>
  new Option('--precision <name>', 'left out: what fits the source').choices([...precisions])

export const apiKeyOption = (description: string) => new Option('--api-key <key>', description).argParser(apiKey)
