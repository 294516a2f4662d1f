import { type Command, Option } from 'commander'
import type { SynthesizeOptions } from '../commands/synthesize.js'
import type { CommonFlags, Definition } from './actions.js'
import { wholeNumber } from './arguments.js'
import { synthesizeExamples } from './examples.js'
import { keysOf } from './keys-of.js'
import { addAskOptions, addServedOptions } from './options.js'
import { addFormatOption, addRunOptions } from './run-options.js'

/** As evaluation/src/synthesis/sides.ts has it, which the start of a command must not load. */
const maxSamples = 64

/** Options as commander gives them: only the keys of the command line. */
type WithoutKeys = Omit<SynthesizeOptions, 'apiKeys'> & { readonly apiKey?: readonly string[] }

/** Adds the command synthesize. */
export function addSynthesizeCommand({ program, run, environment, actions }: Definition): void {
  const command = addAskOptions(addServedOptions(program.command('synthesize')))
    .description('make preference pairs for DPO from a file of prompts; if you run it again, it continues')
    .argument('<prompts>', 'a file of prompts, as for "batch"; other columns of a file of pairs are not read')
    .requiredOption('--out <file>', 'the JSONL file to write; its settings and counts are in FILE.manifest.json')
  addRunOptions(addAdherenceOptions(addPairOptions(addFormatOption(command))))
    .addHelpText('after', synthesizeExamples)
    .action((prompts: string, { verbose, ...options }: WithoutKeys & CommonFlags) => {
      const { apiKey: _keys, ...flags } = options
      const keyed = { ...flags, apiKeys: keysOf(options, environment) }
      return run((context) => actions.synthesize(prompts, keyed, context), verbose)
    })
}

const addPairOptions = (command: Command) =>
  command
    .addOption(
      new Option(
        '--pairs <kind>',
        'preference: pairs from two strategies; adherence: the rejected answer is a sample for another prompt',
      )
        .choices(['preference', 'adherence'])
        .default('preference'),
    )
    .option('--chosen <strategy>', 'the strategy of the chosen answers, with its parameters (default: aad)')
    .option(
      '--rejected <strategy>',
      'the strategy of the rejected answers (default: "sample top_p=0.9" of the DPO model)',
    )
    .option('--rejected-from <file>', 'pairs of an earlier round whose rejected answers are kept')
    .option('--score-with <name>', 'the reward model of the scores (default: the first of the gateway)')
    .option('--implicit-prompt', "write whole conversations without a column prompt, for TRL's RewardTrainer")
    .option('--complete-only', 'drop pairs with an answer that --max-tokens cut')

const addAdherenceOptions = (command: Command) =>
  command
    .addOption(
      new Option('--samples <number>', 'adherence: samples for each prompt (default: 6)').argParser(
        wholeNumber(1, maxSamples),
      ),
    )
    .addOption(
      new Option('--pairs-per-prompt <number>', 'adherence: maximum pairs for each prompt (default: 2)').argParser(
        wholeNumber(1, maxSamples),
      ),
    )
    .addOption(
      new Option(
        '--failed-pairs-per-prompt <number>',
        'adherence: maximum additional pairs that reject a failed sample of the same prompt (default: 0)',
      ).argParser(wholeNumber(0, maxSamples)),
    )
    .option('--kind-field <name>', 'adherence: the column with the kind of a prompt', 'kind')
    .option('--expected-field <name>', 'adherence: the column with the expected answer, or a list of them', 'expected')
