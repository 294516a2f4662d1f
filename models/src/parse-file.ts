import { parseValue } from '@tandem/process'
import type { z } from 'zod'

/** What an error says besides the faults of a file. */
export interface FileRefusal {
  /** The consequence: `config.json cannot be used`. */
  readonly what: string
  /** What to do. */
  readonly advice: string
  /** The path of the value, if it is a part of the file. */
  readonly path?: readonly string[]
}

/**
 * Parses the content of a file.
 * @throws Error with what was found, what was expected and what to do
 */
export function parseFile<T extends z.ZodType>(schema: T, value: unknown, refusal: FileRefusal): z.output<T> {
  const { what, advice, path = [] } = refusal
  const toError = (faults: string) => new Error(`${what}: ${faults}. ${advice}`)
  return parseValue(schema, value, { name: 'the file', path, toError })
}

/** Parses config.json or generation_config.json, or the part of it at a path. */
export const parseConfigFile = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  name: 'config.json' | 'generation_config.json',
  path: readonly string[] = [],
): z.output<T> =>
  parseFile(schema, value, {
    what: `${name} cannot be used`,
    advice: 'Correct the file, or download the model again',
    path,
  })

/** Parses a file that transformers writes for a tokenizer. */
export const parseTokenizerFile = <T extends z.ZodType>(
  schema: T,
  value: unknown,
  name: 'tokenizer.json' | 'tokenizer_config.json',
): z.output<T> =>
  parseFile(schema, value, {
    what: `${name} cannot be used`,
    advice: 'Save it again with transformers: AutoTokenizer.from_pretrained(...).save_pretrained(...)',
  })
