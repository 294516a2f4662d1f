import { promptForms } from '@tandem/evaluation/prompts'
import { parseShard, type Shard } from '@tandem/evaluation/shard'
import { InvalidArgumentError, Option } from 'commander'
import type { BatchCommandOptions } from '../commands/batch.js'
import type { CommonFlags, Definition } from './actions.js'
import { wholeNumber } from './arguments.js'
import { batchExamples } from './examples.js'
import { keysOf } from './keys-of.js'
import { addAskOptions, addServedOptions } from './options.js'

const maxSeconds = 1_000_000

/** Adds the command batch. */
export function addBatchCommand({ program, run, environment, actions }: Definition): void {
  addAskOptions(addServedOptions(program.command('batch')))
    .description('answer the prompts of a file into another file, many at once; run again, it continues')
    .argument('<prompts>', 'a file of prompts: JSONL, alpaca_eval JSON, or one prompt in each line')
    .requiredOption('--out <file>', 'the JSONL file to write; its settings are in FILE.manifest.json')
    .addOption(new Option('--format <name>', 'the form of the prompts (default: recognised)').choices([...promptForms]))
    .option('--strategy <name>', 'the strategy of the answers, with its parameters: "aad alpha=0.2"')
    .addOption(new Option('--body <json>', 'fields of every request, e.g. \'{"stop": ["\\n"]}\'').argParser(jsonObject))
    .option('--token-ids', 'write the token ids of each answer')
    .addOption(new Option('--samples <number>', 'answers to each prompt').default(1).argParser(wholeNumber(1, 100_000)))
    .addOption(
      new Option('--seed <number>', 'the seed that the seed of each answer is made from')
        .default(0)
        .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    )
    .addOption(new Option('--shard <number/count>', 'answer only this part of the prompts, e.g. 3/16').argParser(shard))
    .addOption(
      new Option('--concurrency <number>', 'requests at once (default: as many as the gateway works on)').argParser(
        wholeNumber(1, 4096),
      ),
    )
    .addOption(
      new Option('--retry-for <seconds>', 'how long to try again if the gateway is overloaded or unreachable')
        .default(300)
        .argParser(wholeNumber(0, maxSeconds)),
    )
    .addOption(
      new Option('--timeout <seconds>', 'maximum time of one request')
        .default(600)
        .argParser(wholeNumber(1, maxSeconds)),
    )
    .addHelpText('after', batchExamples)
    .action((prompts: string, { verbose, ...options }: WithoutKeys & CommonFlags) => {
      const { apiKey: _keys, ...flags } = options
      const keyed = { ...flags, apiKeys: keysOf(options, environment) }
      return run((context) => actions.batch(prompts, keyed, context), verbose)
    })
}

/** Options as commander gives them: only the keys of the command line. */
type WithoutKeys = Omit<BatchCommandOptions, 'apiKeys'> & { readonly apiKey?: readonly string[] }

/** Parses a JSON object. */
export function jsonObject(text: string): Readonly<Record<string, unknown>> {
  const expected = 'It must be a JSON object, e.g. {"temperature": 0.7}.'
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new InvalidArgumentError(expected)
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>
  throw new InvalidArgumentError(expected)
}

function shard(text: string): Shard {
  try {
    return parseShard(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}
