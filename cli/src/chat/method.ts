import { validateDecoding } from '@tandem/gateway/decoding'
import { messageOf } from '@tandem/process'

/** A strategy's name with its parameters, as `decoding` of a request. */
export type Method = Readonly<Record<string, string | number | undefined>>

const forms = 'NAME or NAME key=value ..., e.g. "aad alpha=0.2"'

/**
 * Parses methods: a word without "=" starts a method, and a word with "=" is a parameter of the
 * last one.
 * @param words e.g. `aad alpha=0.2 greedy-dpo`
 * @throws Error if a parameter comes first or has no value, or as `validateMethod`
 */
export function parseMethods(words: readonly string[]): Method[] {
  const methods: Method[] = []
  for (const word of words) {
    const end = word.indexOf('=')
    const last = methods.pop()
    if (end < 0) methods.push(...(last ? [last] : []), { strategy: word })
    else if (last && end > 0 && end < word.length - 1)
      methods.push({ ...last, [word.slice(0, end)]: parseValue(word.slice(end + 1)) })
    else throw new Error(`"${word}" is not a parameter of a strategy; expected ${forms}`)
  }
  methods.forEach(validateMethod)
  return methods
}

/**
 * Checks a method before a message is sent, as the gateway would.
 * @returns the names of the models that it reads; none if the server chooses the strategy
 * @throws Error if the strategy is unknown, or does not have such a parameter
 */
export function validateMethod(method: Method): readonly string[] {
  const given = Object.entries(method).filter(([, value]) => value !== undefined)
  // Without a name, the requested model names the strategy.
  if (method.strategy === undefined) return []
  try {
    return validateDecoding(Object.fromEntries(given))
  } catch (error) {
    throw new Error(messageOf(error).replace(/^decoding\./, ''), { cause: error })
  }
}

/** Formats a method, e.g. `aad alpha=0.2`. */
export function describeMethod({ strategy, ...parameters }: Method): string {
  const words = Object.entries(parameters).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
  return [strategy ?? "the server's own strategy", ...words].join(' ')
}

const parseValue = (text: string) => (/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : text)
