import { createRequire } from 'node:module'
import { defaultPairName, precisions } from '@tandem/models'
import { Command, InvalidArgumentError, Option } from 'commander'
import { type BuildCommandOptions, build } from './commands/build.js'
import type { Context } from './commands/context.js'
import { type GenerateOptions, generate } from './commands/generate.js'
import { pull } from './commands/pull.js'
import { type UpOptions, up } from './commands/up.js'

/** What the commands do; a test puts others in their place. */
export interface Actions {
  readonly up: typeof up
  readonly generate: typeof generate
  readonly build: typeof build
  readonly pull: typeof pull
}

interface Flags {
  readonly verbose: boolean
}
/** As commander gives them: keys of the command line alone. */
type WithoutKeys<T> = Omit<T, 'apiKeys'> & { readonly apiKey?: readonly string[] }

type Run = (work: (context: Context) => Promise<void>, isVerbose: boolean) => Promise<void>

/**
 * The command line: names, help and the shape of arguments; what they mean is the commands' affair.
 * @param run gives a command its context and says how it ended
 */
export function createProgram(run: Run, environment: NodeJS.ProcessEnv, actions: Actions = allActions): Command {
  const program = new Command('tandem')
    .description('Serves alignment-aware decoding: two models, one token at a time, over an OpenAI-compatible API.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(tandem --help lists the commands)')
  const keys = ({ apiKey = [] }: { readonly apiKey?: readonly string[] }) => [
    ...apiKey,
    ...environmentKeys(environment),
  ]

  addPairOptions(program.command('up'))
    .description('serve a pair: two logit services and the gateway, until Ctrl-C')
    .option('--name <name>', "the pair's name in the API")
    .option('--host <address>', 'where the gateway listens', '127.0.0.1')
    .addOption(new Option('--port <number>', '0 takes a free one').default(8080).argParser(wholeNumber(0, 65_535)))
    .addOption(apiKeyOption('clients must send one of these keys (repeatable; TANDEM_API_KEYS=key1,key2 as well)'))
    .action((options: WithoutKeys<UpOptions> & Flags) =>
      run((context) => actions.up({ ...options, apiKeys: keys(options) }, context), options.verbose),
    )

  addPairOptions(program.command('generate'))
    .description('stream one answer to the terminal')
    .argument('<prompt>')
    .option('--strategy <name>', 'aad, greedy-dpo, greedy-sft, eft, contrastive, sample')
    .addOption(new Option('--alpha <number>', 'candidate threshold of aad, in (0, 1]').argParser(fraction))
    .addOption(new Option('--max-tokens <number>').argParser(wholeNumber(1, 1_000_000)))
    .option('--url <url>', 'a gateway that runs already; left out, one is started for this answer')
    .addOption(apiKeyOption('the key that the gateway at --url wants'))
    .action((prompt: string, options: WithoutKeys<GenerateOptions> & Flags) =>
      run((context) => actions.generate(prompt, { ...options, apiKeys: keys(options) }, context), options.verbose),
    )

  addVerbose(program.command('build'))
    .description('turn a Hugging Face folder or a GGUF file into a model folder')
    .argument('<source>')
    .option('--adapter <folder>', 'a PEFT LoRA adapter on the source')
    .option('--merge', 'add the adapter into the weights (left out, it is computed beside them)')
    .option(
      '--switched',
      'keep both models in the folder: each token says whether the adapter counts (for paired serving)',
    )
    .requiredOption('--out <folder>', 'the model folder to make')
    .addOption(precisionOption())
    .option('--name <name>', "the model's name")
    .action((source: string, options: BuildCommandOptions & Flags) =>
      run((context) => actions.build(source, options, context), options.verbose),
    )

  addVerbose(program.command('pull'))
    .description('bring the weights of a pair of the catalog into the cache')
    .argument('[name]', 'the pair', defaultPairName)
    .action((name: string, options: Flags) => run((context) => actions.pull(name, context), options.verbose))

  return program
}

/** The same file from src/ and from dist/. */
const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

const allActions: Actions = { up, generate, build, pull }

const addVerbose = (command: Command) =>
  command.option('--verbose', 'show what the processes log, and where errors come from', false)

const addPairOptions = (command: Command) =>
  addVerbose(command)
    .option('--pair <name>', `a pair of the catalog (${defaultPairName} where no model is named)`)
    .option('--sft <path>', 'model folder, Hugging Face folder or GGUF file')
    .option('--dpo <path>', 'the same, or a LoRA adapter folder that goes on the --sft')
    .addOption(precisionOption())
    .option('--paired', 'one process holds both models, whose weights are then loaded once; for adapters')
    .addOption(new Option('--threads <number>', 'of each logit service').argParser(wholeNumber(1, 1024)))
    .addOption(new Option('--template-from <model>', 'whose chat template and end tokens hold').choices(['dpo', 'sft']))

const precisionOption = () =>
  new Option('--precision <name>', 'left out: what fits the source').choices([...precisions])

const apiKeyOption = (description: string) =>
  new Option('--api-key <key>', description).argParser((key: string, before: string[] = []) => {
    if (key === '' || key.includes(',')) throw new InvalidArgumentError('A key is not empty and holds no comma.')
    return [...before, key]
  })

const environmentKeys = ({ TANDEM_API_KEYS = '' }: NodeJS.ProcessEnv) =>
  TANDEM_API_KEYS.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')

const wholeNumber = (least: number, most: number) => (text: string) => {
  const value = Number(text)
  if (/^\d+$/.test(text) && value >= least && value <= most) return value
  throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`)
}

const fraction = (text: string) => {
  const value = Number(text)
  if (text.trim() !== '' && value > 0 && value <= 1) return value
  throw new InvalidArgumentError('It must be a number above 0 and at most 1.')
}
