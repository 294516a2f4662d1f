/** One of several equal parts of the rows. */
export interface Shard {
  /** From 1. */
  readonly number: number
  readonly count: number
}

/** Maximum number of shards. */
const maxShards = 99_999
/** Digits of a number in the name of a file: names then sort as the numbers do. */
const digits = 5

/**
 * Parses "3/16".
 * @throws Error if it is not a number of a shard and the number of shards
 */
export function parseShard(text: string): Shard {
  const [, number = 0, count = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (number >= 1 && number <= count && count <= maxShards) return { number, count }
  throw new Error(`"${text}" is not a shard: expected NUMBER/COUNT with numbers from 1 to ${maxShards}, such as 3/16`)
}

/** Formats a shard as `parseShard` reads it. */
export const formatShard = ({ number, count }: Shard): string => `${number}/${count}`

/**
 * The rows of a shard: a block without gaps, so that the shards one after the other are the whole.
 * Blocks differ by at most one row.
 * @returns the first row, and the row after the last one
 */
export const shardRange = (rows: number, { number, count }: Shard): readonly [start: number, end: number] => [
  Math.floor(((number - 1) * rows) / count),
  Math.floor((number * rows) / count),
]

/** The file of a shard: `answers-00003-of-00016.jsonl`. */
export function shardPath(path: string, { number, count }: Shard): string {
  const [, stem = path, end = ''] = /^(.*[^/\\])(\.[^./\\]+)$/.exec(path) ?? []
  const pad = (value: number) => String(value).padStart(digits, '0')
  return `${stem}-${pad(number)}-of-${pad(count)}${end}`
}
