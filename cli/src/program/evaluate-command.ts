import { type Command, Option } from 'commander'
import type { EvaluateOptions } from '../commands/evaluate.js'
import type { CommonFlags, Definition } from './actions.js'
import { wholeNumber } from './arguments.js'
import { evaluateExamples } from './examples.js'
import { keysOf } from './keys-of.js'
import { addAskOptions, addServedOptions } from './options.js'
import { addFormatOption, addRunOptions } from './run-options.js'

/** As evaluation/src/evaluate/plan/sources.ts has it, which the start must not load. */
const maxSamples = 1024

/** Options as commander gives them: only the keys of the command line. */
type WithoutKeys = Omit<EvaluateOptions, 'apiKeys'> & { readonly apiKey?: readonly string[] }

/** Adds the command evaluate. */
export function addEvaluateCommand({ program, run, environment, actions }: Definition): void {
  const command = addAskOptions(addServedOptions(program.command('evaluate')))
    .description(
      'compare strategies on the prompts of a file: answers, scores and a report; if you run it again, it continues',
    )
    .argument('[prompts]', 'a file of conversations, as for "batch"')
    .requiredOption('--out <folder>', 'the folder of the answers, the scores, the results and the report')
  addRunOptions(addPromptOptions(addReportOptions(addJudgeOptions(addStrategyOptions(addFormatOption(command))))))
    .addHelpText('after', evaluateExamples)
    .action((prompts: string | undefined, { verbose, ...options }: WithoutKeys & CommonFlags) => {
      const { apiKey: _keys, ...flags } = options
      const keyed = { ...flags, apiKeys: keysOf(options, environment) }
      return run((context) => actions.evaluate(prompts, keyed, context), verbose)
    })
}

const repeated = (text: string, before: readonly string[] = []) => [...before, text]

const addStrategyOptions = (command: Command) =>
  command
    .option('--strategies <list>', 'strategies with their parameters', 'aad,greedy-dpo,greedy-sft')
    .addOption(
      new Option(
        '--sweep <values>',
        'values of parameters, or of adapter_scale: "aad alpha=0.05,0.1,0.2" (repeatable)',
      ).argParser(repeated),
    )
    .option('--oracle <name>', 'the reward model that scores all answers (R in the report)')
    .option('--picker <name>', 'the reward model that best-of-n uses to choose')
    .option('--held-out <file>', 'preference pairs: report how often the reward models are right')
    .addOption(
      new Option('--samples <number>', 'samples for each prompt for the curves of best-of-N').argParser(
        wholeNumber(2, maxSamples),
      ),
    )
    .option('--reference <strategy>', 'the strategy whose win rates are shown (default: the first one)')
    .option('--baseline <strategy>', 'the strategy that all are compared with (default: greedy-sft, if it is named)')

const addJudgeOptions = (command: Command) =>
  command
    .option('--judge-url <url>', 'an OpenAI-compatible endpoint: its model compares answers (key: TANDEM_JUDGE_KEY)')
    .option('--judge-model <name>', 'the model that compares answers')
    .option('--judge-name <name>', 'the name of the judge in the report and in files (default: the model)')
    .option('--judge-prompt <file>', 'a prompt of your own with {{prompt}}, {{answer_a}} and {{answer_b}}')
    .addOption(
      new Option(
        '--judge-pairs <which>',
        'each strategy with the reference, or every two (default: reference)',
      ).choices(['reference', 'all']),
    )

const addReportOptions = (command: Command) =>
  command
    .option('--report-only', 'make the report of the results that are in the folder, without a gateway')
    .addOption(
      new Option('--export <form>', 'write the answers of each strategy for alpaca_eval').choices(['alpaca_eval']),
    )
    .option('--compare <folder>', 'the folder of an earlier evaluation: report the differences')
    .addOption(
      new Option(
        '--combine <folder>',
        'the folder of an evaluation of another pair: one report with a block for each pair (repeatable)',
      ).argParser(repeated),
    )

const addPromptOptions = (command: Command) =>
  command
    .addOption(
      new Option('--limit <number>', 'only the first prompts of the file').argParser(wholeNumber(1, 1_000_000)),
    )
    .option('--dataset-field <name>', 'the column with the dataset of a prompt (default: one dataset, the file)')
    .option('--expected-field <name>', 'the column with the expected answer, or a list of them (default: expected)')
