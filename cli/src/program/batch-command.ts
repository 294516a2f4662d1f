import { parseShard, type Shard } from '@tandem/evaluation/shard'
import { messageOf } from '@tandem/process'
import { type Command, InvalidArgumentError, Option } from 'commander'
import type { BatchCommandOptions } from '../commands/batch.js'
import type { CommonFlags, Definition } from './actions.js'
import { wholeNumber } from './arguments.js'
import { batchExamples } from './examples.js'
import { keysOf } from './keys-of.js'
import { addAskOptions, addServedOptions } from './options.js'
import { addFormatOption, addRunOptions } from './run-options.js'

/** Adds the command batch. */
export function addBatchCommand({ program, run, environment, actions }: Definition): void {
  const command = addAskOptions(addServedOptions(program.command('batch')))
    .description('answer the prompts of a file into another file, many at once; if you run it again, it continues')
    .argument('<prompts>', 'a file of prompts: JSONL, alpaca_eval JSON, or one prompt in each line')
    .requiredOption('--out <file>', 'the JSONL file to write; its settings are in FILE.manifest.json')
  addBatchOptions(addRunOptions(addFormatOption(command)))
    .addHelpText('after', batchExamples)
    .action((prompts: string, { verbose, ...options }: WithoutKeys & CommonFlags) => {
      const { apiKey: _keys, ...flags } = options
      const keyed = { ...flags, apiKeys: keysOf(options, environment) }
      return run((context) => actions.batch(prompts, keyed, context), verbose)
    })
}

/** Options as commander gives them: only the keys of the command line. */
type WithoutKeys = Omit<BatchCommandOptions, 'apiKeys'> & { readonly apiKey?: readonly string[] }

const addBatchOptions = (command: Command) =>
  command
    .option('--strategy <name>', 'the strategy of the answers, with its parameters: "aad alpha=0.2"')
    .option('--token-ids', 'write the token ids of each answer')
    .addOption(new Option('--samples <number>', 'answers to each prompt').default(1).argParser(wholeNumber(1, 100_000)))
    .addOption(new Option('--shard <number/count>', 'answer only this part of the prompts, e.g. 3/16').argParser(shard))

function shard(text: string): Shard {
  try {
    return parseShard(text)
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error))
  }
}
