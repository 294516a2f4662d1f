import { strategyNames } from '@tandem/gateway/strategies'
import { Option } from 'commander'
import type { ChatOptions } from '../commands/chat.js'
import type { ConfigFlags } from '../commands/config.js'
import type { GenerateOptions } from '../commands/generate.js'
import type { TraceOptions } from '../commands/trace.js'
import type { TuneOptions } from '../commands/tune.js'
import type { UpOptions } from '../commands/up.js'
import type { CommonFlags, Definition } from './actions.js'
import { fraction } from './arguments.js'
import { chatExamples, configExamples, generateExamples, traceExamples, tuneExamples, upExamples } from './examples.js'
import { keysOf } from './keys-of.js'
import { addAskOptions, addServedOptions, addUpOptions, addVerbose } from './options.js'

/** Options as commander gives them: only the keys of the command line. */
type WithoutKeys<T> = Omit<T, 'apiKeys'> & { readonly apiKey?: readonly string[] }

/** `generate` has no option for the text of a formula. */
const formula = 'formula'

/** Adds the commands for serving: up, config, generate, chat, tune, trace. */
export function addServingCommands({ program, run, environment, actions }: Definition): void {
  addUpOptions(program.command('up'))
    .option('--trace', 'print where the time of each token went, for each request when it ends')
    .description('serve a pair and additional models with their services and the gateway, until Ctrl-C')
    .addHelpText('after', upExamples)
    .action(({ verbose, ...flags }: UpOptions & CommonFlags) => run((context) => actions.up(flags, context), verbose))

  addUpOptions(program.command('config'))
    .description('print the settings that "up" with the same options would use, and where each comes from')
    .option('--json', 'print JSON')
    .addHelpText('after', configExamples)
    .action(({ verbose, ...flags }: ConfigFlags & CommonFlags) =>
      run((context) => actions.config(flags, context), verbose),
    )

  addAskOptions(addServedOptions(program.command('generate')))
    .description('stream one answer to the terminal')
    .argument('<prompt>')
    .option('--strategy <name>', strategyNames.filter((name) => name !== formula).join(', '))
    .addOption(new Option('--alpha <number>', 'candidate threshold of aad, in (0, 1]').argParser(fraction))
    .addHelpText('after', generateExamples)
    .action((prompt: string, options: WithoutKeys<GenerateOptions> & CommonFlags) => {
      const keyed = { ...options, apiKeys: keysOf(options, environment) }
      return run((context) => actions.generate(prompt, keyed, context), options.verbose)
    })

  addAskOptions(addServedOptions(program.command('chat')))
    .description('chat in the terminal, and compare strategies')
    .option('--strategy <name>', 'the strategy of the answers, with its parameters: "aad alpha=0.2"')
    .option('--system <text>', 'the system message')
    .addHelpText('after', chatExamples)
    .action(({ verbose, ...options }: WithoutKeys<ChatOptions> & CommonFlags) => {
      const keyed = { ...options, apiKeys: keysOf(options, environment) }
      return run((context) => actions.chat(keyed, context), verbose)
    })

  addVerbose(program.command('tune'))
    .description(
      'measure whether the pair is faster in one process or in two services, and set "paired" in the settings file',
    )
    .option('--config <file>', 'the settings file to read and write (tandem.yaml)')
    .addHelpText('after', tuneExamples)
    .action(({ verbose, ...options }: TuneOptions & CommonFlags) =>
      run((context) => actions.tune(options, context), verbose),
    )

  addVerbose(program.command('trace'))
    .description('print where the time of each token of a saved answer went')
    .argument('<source>', 'a file or an http address: the body or the event stream of an answer with timings')
    .option('--content', 'print the text of the answer too')
    .addHelpText('after', traceExamples)
    .action((source: string, { verbose, ...options }: TraceOptions & CommonFlags) =>
      run((context) => actions.trace(source, options, context), verbose),
    )
}
