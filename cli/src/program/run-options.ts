import { promptForms } from '@tandem/evaluation/prompts'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { wholeNumber } from './arguments.js'

/** Options of the commands that answer the prompts of a file. */

const maxSeconds = 1_000_000

/** Adds --format. */
export const addFormatOption = (command: Command) =>
  command.addOption(
    new Option('--format <name>', 'the form of the prompts (default: detected from the file)').choices([
      ...promptForms,
    ]),
  )

/** Adds what every request has, and how many are sent for how long. */
export const addRunOptions = (command: Command) =>
  command
    .addOption(new Option('--body <json>', 'fields of every request, e.g. \'{"stop": ["\\n"]}\'').argParser(jsonObject))
    .addOption(
      new Option('--seed <number>', 'the base seed: each answer gets its own seed from it')
        .default(0)
        .argParser(wholeNumber(0, Number.MAX_SAFE_INTEGER)),
    )
    .addOption(
      new Option(
        '--concurrency <number>',
        'requests at once (default: the concurrency limit of the gateway)',
      ).argParser(wholeNumber(1, 4096)),
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

function jsonObject(text: string): Readonly<Record<string, unknown>> {
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
