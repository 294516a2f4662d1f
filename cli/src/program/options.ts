import { defaultPairName } from '@tandem/models/catalog'
import { precisions } from '@tandem/models/folder'
import { type Command, Option } from 'commander'
import { maxReplicas } from '../config/settings.js'
import { adapterScale, apiKey, namedSource, wholeNumber } from './arguments.js'

/** Options that several commands share. */

/** Adds --verbose. */
export const addVerbose = (command: Command) =>
  command.option('--verbose', 'show the logs of the processes, and the stacks of errors', false)

const addPairOptions = (command: Command) =>
  addVerbose(command)
    .option('--pair <name>', `a pair of the catalog (default: ${defaultPairName}, if no model is named)`)
    .option(
      '--sft <source>',
      'model folder, Hugging Face folder, GGUF file, exported ONNX graph, hf:ORG/REPO of the hub, ' +
        'or grpc://HOST:PORT of a running service (several replicas: grpc://HOST:PORT,HOST:PORT)',
    )
    .option('--dpo <source>', 'a source as for --sft, or a LoRA adapter for the --sft model')
    .addOption(precisionOption())
    .addOption(
      adapterScaleOption('a factor that multiplies the scale in the config of the LoRA adapter --dpo (default: 1)'),
    )
    .option('--paired', 'one process for both models, if --dpo is a LoRA adapter on --sft: the weights are loaded once')
    .option('--no-paired', 'two services, the default ("tandem tune" measures which is faster here)')
    .addOption(new Option('--threads <number>', 'number of threads of each service').argParser(wholeNumber(1, 1024)))
    .addOption(
      new Option('--template-from <model>', 'the model whose chat template and end tokens are used').choices([
        'dpo',
        'sft',
      ]),
    )

/**
 * Adds the options of what is served. They have no defaults: the file or the environment may have a
 * value.
 */
export const addServedOptions = (command: Command) =>
  addConfigOption(addPairOptions(command))
    .addOption(
      new Option('--model <name=source>', 'an additional model for formulas (repeatable)').argParser(namedSource),
    )
    .addOption(
      new Option('--reward <name=source>', 'a reward model, for best-of-n (repeatable)').argParser(namedSource),
    )
    .option(
      '--device <list>',
      'the device of the models: cpu, webgpu, cuda, or a list to try, e.g. webgpu,cpu (default: cpu)',
    )
    .option('--name <name>', 'the name of the pair in the API')

/** Adds the options of `tandem up`. */
export const addUpOptions = (command: Command) =>
  addListenOptions(addServedOptions(command))
    .addOption(
      new Option(
        '--replicas <number>',
        'services to start for each model, which share its sessions (default: 1)',
      ).argParser(wholeNumber(1, maxReplicas)),
    )
    .option(
      '--metrics <host:port>',
      'the address of the gateway\'s metrics; each service takes the next port. "off" disables them ' +
        '(default: any free ports of 127.0.0.1)',
    )

/** Adds --config. */
export const addConfigOption = (command: Command) =>
  command.option('--config <file>', 'the settings file (default: ./tandem.yaml, if it exists)')

/** Adds the options of the gateway: its address and its keys. */
export const addListenOptions = (command: Command) =>
  command
    .option('--host <address>', 'the address that the gateway listens on (default: 127.0.0.1)')
    .addOption(
      new Option('--port <number>', 'the port of the gateway, 0 for any free port (default: 8080)').argParser(
        wholeNumber(0, 65_535),
      ),
    )
    .addOption(apiKeyOption('clients must send one of these keys (repeatable; or TANDEM_API_KEYS=key1,key2)'))

/** Adds the options of a request: its length and its gateway. */
export const addAskOptions = (command: Command) =>
  command
    .addOption(new Option('--max-tokens <number>', 'maximum tokens of an answer').argParser(wholeNumber(1, 1_000_000)))
    .option('--url <url>', 'a running gateway (default: one is started while the command runs)')
    .addOption(apiKeyOption('the API key for the gateway at --url'))

/** Creates --precision. */
export const precisionOption = () =>
  new Option('--precision <name>', 'precision of the weights (default: what fits the source)').choices([...precisions])

/** Creates --adapter-scale. */
export const adapterScaleOption = (description: string) =>
  new Option('--adapter-scale <factor>', description).argParser(adapterScale)

/** Creates --api-key. */
export const apiKeyOption = (description: string) => new Option('--api-key <key>', description).argParser(apiKey)
