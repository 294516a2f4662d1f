import { digestBytes, digestKey } from './digest-key.js'
import { type KeyLimits, maxKeyLimit } from './key-limits.js'

/** One API key, as it was given. */
export interface KeyEntry {
  /** Where it was given, for messages: `keys.txt:3`. */
  readonly place: string
  readonly digest: Buffer
  /** Null if the line has no name. */
  readonly name: string | null
  /** The limits of the line. The others are those of all keys. */
  readonly limits: Partial<KeyLimits>
}

/** A fault in the API keys. Its message never contains a part of a key. */
export class KeyError extends Error {
  override readonly name = 'KeyError'
}

/** Names of the limits in a line. */
const limitNames = {
  concurrent: 'concurrent',
  requests_per_minute: 'requestsPerMinute',
  tokens_per_minute: 'tokensPerMinute',
} as const
const optionNames = ['name', ...Object.keys(limitNames)]
const expected = optionNames.map((name) => `${name}=`).join(', ')
const digestPrefix = 'sha256:'

/**
 * Parses one line of a file of API keys: the key or `sha256:HEX`, then options, separated by
 * spaces. No text of the line is repeated in an error: any part may belong to a key.
 * @returns null for an empty line or a comment
 * @throws KeyError that says what is expected
 */
export function parseKeyLine(line: string): Omit<KeyEntry, 'place'> | null {
  const fields = line.split(/[ \t]+/).filter((field) => field !== '')
  const comment = fields.findIndex((field) => field.startsWith('#'))
  const [key, ...options] = comment < 0 ? fields : fields.slice(0, comment)
  if (key === undefined) return null
  if (isOption(key)) throw new KeyError('the first field is an option: expected the key first')
  return { digest: parseKey(key), ...parseOptions(options) }
}

const isOption = (field: string): boolean => optionNames.some((name) => field.startsWith(`${name}=`))

function parseKey(text: string): Buffer {
  if (!text.startsWith(digestPrefix)) {
    if (/^[\x21-\x7e]{1,512}$/.test(text)) return digestKey(text)
    throw new KeyError('the key must have 1 to 512 printable ASCII characters')
  }
  const hex = text.slice(digestPrefix.length)
  if (/^[\da-f]*$/i.test(hex) && hex.length === 2 * digestBytes) return Buffer.from(hex, 'hex')
  throw new KeyError(`the key is not a SHA-256 digest: expected ${digestPrefix} and ${2 * digestBytes} hex digits`)
}

function parseOptions(options: readonly string[]): Pick<KeyEntry, 'name' | 'limits'> {
  const found = new Map<string, string>()
  for (const [i, option] of options.entries()) {
    const [name = '', value = ''] = option.split(/=(.*)/s)
    if (!isOption(option))
      throw new KeyError(`field ${i + 2} is not known: expected ${expected}. A key cannot contain a space`)
    if (found.has(name)) throw new KeyError(`${name}= is given twice: give it once`)
    found.set(name, value)
  }
  const limits = Object.entries(limitNames).flatMap(([option, limit]) => {
    const text = found.get(option)
    return text === undefined ? [] : [[limit, parseLimit(option, text)] as const]
  })
  return { name: parseName(found.get('name')), limits: Object.fromEntries(limits) }
}

function parseName(text: string | undefined): string | null {
  if (text === undefined) return null
  if (!/^[\w.@-]{1,64}$/.test(text))
    throw new KeyError('name= must have 1 to 64 letters, digits, or characters of . _ @ -')
  if (!/^key-\d+$/.test(text)) return text
  throw new KeyError('name= has the form of the names that keys without a name get (key-1): choose another name')
}

function parseLimit(option: string, text: string): number | null {
  if (text === 'none') return null
  const value = /^\d{1,10}$/.test(text) ? Number(text) : 0
  if (value >= 1 && value <= maxKeyLimit) return value
  throw new KeyError(`${option}= must be an integer from 1 to ${maxKeyLimit}, or none`)
}
