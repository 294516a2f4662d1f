import { createRequire } from 'node:module'
import { strategyNames } from '@tandem/gateway'
import { defaultPairName } from '@tandem/models'
import { Command, Option } from 'commander'
import { type BuildCommandOptions, build } from '../commands/build.js'
import { type ChatOptions, chat } from '../commands/chat.js'
import { type ConfigFlags, config } from '../commands/config.js'
import type { Context } from '../context.js'
import { type DoctorOptions, doctor } from '../commands/doctor.js'
import { type GenerateOptions, generate } from '../commands/generate.js'
import { type ModelsOptions, models } from '../commands/models.js'
import { type PullOptions, pull } from '../commands/pull.js'
import { up } from '../commands/up.js'
import { type TuneOptions, tune } from '../commands/tune.js'
import type { UpFlags } from '../config/read-flags.js'
import { fraction } from './arguments.js'
import {
  buildExamples,
  chatExamples,
  configExamples,
  doctorExamples,
  exitCodes,
  generateExamples,
  modelsExamples,
  pullExamples,
  tuneExamples,
  upExamples,
} from './examples.js'
import {
  addAskOptions,
  addConfigOption,
  addListenOptions,
  addServedOptions,
  addUpOptions,
  addVerbose,
  precisionOption,
} from './options.js'

/** What the commands do; a test puts others in their place. */
export interface Actions {
  readonly up: typeof up
  readonly config: typeof config
  readonly generate: typeof generate
  readonly chat: typeof chat
  readonly build: typeof build
  readonly pull: typeof pull
  readonly models: typeof models
  readonly doctor: typeof doctor
  readonly tune: typeof tune
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
    .addHelpText('after', exitCodes)

  addUpOptions(program.command('up'))
    .description('serve a pair, and models beside it: their services and the gateway, until Ctrl-C')
    .addHelpText('after', upExamples)
    .action(({ verbose, ...flags }: UpFlags & Flags) => run((context) => actions.up(flags, context), verbose))

  addUpOptions(program.command('config'))
    .description('print the settings that "up" with the same options would serve with, and where each comes from')
    .option('--json', 'as JSON')
    .addHelpText('after', configExamples)
    .action(({ verbose, ...flags }: ConfigFlags & Flags) => run((context) => actions.config(flags, context), verbose))

  addAskOptions(addServedOptions(program.command('generate')))
    .description('stream one answer to the terminal')
    .argument('<prompt>')
    .option('--strategy <name>', strategyNames.filter((name) => name !== formula).join(', '))
    .addOption(new Option('--alpha <number>', 'candidate threshold of aad, in (0, 1]').argParser(fraction))
    .addHelpText('after', generateExamples)
    .action((prompt: string, options: WithoutKeys<GenerateOptions> & Flags) => {
      const keyed = { ...options, apiKeys: keysOf(options, environment) }
      return run((context) => actions.generate(prompt, keyed, context), options.verbose)
    })

  addAskOptions(addServedOptions(program.command('chat')))
    .description('talk in the terminal; compare strategies')
    .option('--strategy <name>', 'what answers are decoded by, parameters behind it: "aad alpha=0.2"')
    .option('--system <text>', 'a system message before all others')
    .addHelpText('after', chatExamples)
    .action(({ verbose, ...options }: WithoutKeys<ChatOptions> & Flags) => {
      const keyed = { ...options, apiKeys: keysOf(options, environment) }
      return run((context) => actions.chat(keyed, context), verbose)
    })

  addVerbose(program.command('build'))
    .description(
      'turn a Hugging Face folder, a GGUF file, an exported ONNX graph or a model of the hub into a model folder',
    )
    .argument('<source>')
    .option('--adapter <folder>', 'a PEFT LoRA adapter on the source, or hf:ORG/REPO of one')
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
    .description('bring the weights of a pair of the catalog, or a model of the Hugging Face hub, into the cache')
    .argument('[name]', 'the pair, or hf:ORG/REPO', defaultPairName)
    .option('--json', 'print {"path", "name"} as JSON')
    .addHelpText('after', pullExamples)
    .action((name: string, { verbose, ...options }: PullOptions & Flags) =>
      run((context) => actions.pull(name, options, context), verbose),
    )

  addVerbose(program.command('models'))
    .description('list the pairs of the catalog and what the cache holds, with what may be deleted')
    .option('--json', 'as JSON')
    .addHelpText('after', modelsExamples)
    .action(({ verbose, ...options }: ModelsOptions & Flags) =>
      run((context) => actions.models(options, context), verbose),
    )

  addListenOptions(addConfigOption(addVerbose(program.command('doctor'))))
    .description('check whether Tandem can run here, and tell what to do where it cannot')
    .option('--hashes', 'read every byte of the models in the cache')
    .option('--json', 'as JSON')
    .addHelpText('after', doctorExamples)
    .action(({ verbose, ...options }: DoctorOptions & Flags) =>
      run((context) => actions.doctor(options, context), verbose),
    )

  addVerbose(program.command('tune'))
    .description('measure whether the pair is faster in one process or in two services, and set "paired" in the settings file')
    .option('--config <file>', 'the settings file to read and write (tandem.yaml)')
    .addHelpText('after', tuneExamples)
    .action(({ verbose, ...options }: TuneOptions & Flags) => run((context) => actions.tune(options, context), verbose))

  program
    .helpCommand(false)
    .command('help')
    .argument('[command]')
    .description('display help for a command')
    .action((name?: string) => {
      const named = program.commands.find((command) => command.name() === name)
      if (name !== undefined && !named) program.error(`error: unknown command '${name}'`)
      ;(named ?? program).outputHelp()
    })

  return program
}

/** `generate` has no option for the text of a formula. */
const formula = 'formula'

/** The same path from src/ and from dist/. */
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }

const allActions: Actions = { up, config, generate, chat, build, pull, models, doctor, tune }

/** Those of the command line, then those of the environment. */
const keysOf = (
  { apiKey = [] }: { readonly apiKey?: readonly string[] },
  { TANDEM_API_KEYS = '' }: NodeJS.ProcessEnv,
) => [
  ...apiKey,
  ...TANDEM_API_KEYS.split(',')
    .map((key) => key.trim())
    .filter((key) => key !== ''),
]
