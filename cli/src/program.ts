import { createRequire } from 'node:module'
import { defaultPairName } from '@tandem/models'
import { Command, Option } from 'commander'
import { type BuildCommandOptions, build } from './commands/build.js'
import { type ConfigFlags, config } from './commands/config.js'
import type { Context } from './commands/context.js'
import { type DoctorOptions, doctor } from './commands/doctor.js'
import { type GenerateOptions, generate } from './commands/generate.js'
import { type ModelsOptions, models } from './commands/models.js'
import { pull } from './commands/pull.js'
import { up } from './commands/up.js'
import type { UpFlags } from './config/read-flags.js'
import { fraction, wholeNumber } from './program/arguments.js'
import {
  buildExamples,
  configExamples,
  doctorExamples,
  generateExamples,
  modelsExamples,
  pullExamples,
  upExamples,
} from './program/examples.js'
import {
  addListenOptions,
  addPairOptions,
  addUpOptions,
  addVerbose,
  apiKeyOption,
  precisionOption,
} from './program/options.js'

/** What the commands do; a test puts others in their place. */
export interface Actions {
  readonly up: typeof up
  readonly config: typeof config
  readonly generate: typeof generate
  readonly build: typeof build
  readonly pull: typeof pull
  readonly models: typeof models
  readonly doctor: typeof doctor
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

  addUpOptions(program.command('up'))
    .description('serve a pair, and models beside it: their services and the gateway, until Ctrl-C')
    .addHelpText('after', upExamples)
    .action(({ verbose, ...flags }: UpFlags & Flags) => run((context) => actions.up(flags, context), verbose))

  addUpOptions(program.command('config'))
    .description('print the settings that "up" with the same options would serve with, and where each comes from')
    .option('--json', 'as JSON')
    .addHelpText('after', configExamples)
    .action(({ verbose, ...flags }: ConfigFlags & Flags) => run((context) => actions.config(flags, context), verbose))

  addPairOptions(program.command('generate'))
    .description('stream one answer to the terminal')
    .argument('<prompt>')
    .option(
      '--strategy <name>',
      'aad, greedy-dpo, greedy-sft, eft, contrastive, sample, beam, aad-beam, best-of-n, random-of-n',
    )
    .addOption(new Option('--alpha <number>', 'candidate threshold of aad, in (0, 1]').argParser(fraction))
    .addOption(new Option('--max-tokens <number>').argParser(wholeNumber(1, 1_000_000)))
    .option('--url <url>', 'a gateway that runs already; left out, one is started for this answer')
    .addOption(apiKeyOption('the key that the gateway at --url wants'))
    .addHelpText('after', generateExamples)
    .action((prompt: string, options: WithoutKeys<GenerateOptions> & Flags) => {
      const apiKeys = [...(options.apiKey ?? []), ...environmentKeys(environment)]
      return run((context) => actions.generate(prompt, { ...options, apiKeys }, context), options.verbose)
    })

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
    .addHelpText('after', buildExamples)
    .action((source: string, options: BuildCommandOptions & Flags) =>
      run((context) => actions.build(source, options, context), options.verbose),
    )

  addVerbose(program.command('pull'))
    .description('bring the weights of a pair of the catalog into the cache')
    .argument('[name]', 'the pair', defaultPairName)
    .addHelpText('after', pullExamples)
    .action((name: string, options: Flags) => run((context) => actions.pull(name, context), options.verbose))

  addVerbose(program.command('models'))
    .description('list the pairs of the catalog and what the cache holds, with what may be deleted')
    .option('--json', 'as JSON')
    .addHelpText('after', modelsExamples)
    .action(({ verbose, ...options }: ModelsOptions & Flags) =>
      run((context) => actions.models(options, context), verbose),
    )

  addListenOptions(addVerbose(program.command('doctor')))
    .description('check whether Tandem can run here, and tell what to do where it cannot')
    .option('--hashes', 'read every byte of the models in the cache')
    .option('--json', 'as JSON')
    .addHelpText('after', doctorExamples)
    .action(({ verbose, ...options }: DoctorOptions & Flags) =>
      run((context) => actions.doctor(options, context), verbose),
    )

  return program
}

/** The same file from src/ and from dist/. */
const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

const allActions: Actions = { up, config, generate, build, pull, models, doctor }

const environmentKeys = ({ TANDEM_API_KEYS = '' }: NodeJS.ProcessEnv) =>
  TANDEM_API_KEYS.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== '')
