import { validateDecoding } from '@tandem/gateway/decoding'

/** How an answer is decoded, as `decoding` of a request: a strategy's name, with parameters. */
export type Method = Readonly<Record<string, string | number | undefined>>

const forms = 'NAME or NAME key=value ..., e.g. "aad alpha=0.2"'

/**
 * Methods of a line: each word without "=" starts one, each with one is a parameter of the last.
 * @param words `aad alpha=0.2 greedy-dpo`
 * @throws Error where a parameter comes first or has no value, or as `validateMethod`
 */
export function parseMethods(words: readonly string[]): Method[] {
  const methods: Method[] = []
  for (const word of words) {
    const end = word.indexOf('=')
    const last = methods.pop()
    if (end < 0) methods.push(...(last ? [last] : []), { strategy: word })
    else if (last && end > 0 && end < word.length - 1)
      methods.push({ ...last, [word.slice(0, end)]: parseValue(word.slice(end + 1)) })
    else throw new Error(`"${word}" is no parameter of a strategy; write ${forms}`)
  }
  methods.forEach(validateMethod)
  return methods
}

/**
 * What the gateway would refuse once a message is sent is refused where it is written.
 * @throws Error where there is no such strategy, or it takes no such parameter
 */
export function validateMethod(method: Method): void {
  const given = Object.entries(method).filter(([, value]) => value !== undefined)
  // Without a name, the model that is asked says by which strategy.
  if (method.strategy === undefined) return
  try {
    validateDecoding(Object.fromEntries(given))
  } catch (error) {
    throw new Error(error instanceof Error ? error.message.replace(/^decoding\./, '') : String(error), { cause: error })
  }
}

/** `aad alpha=0.2` */
export function describeMethod({ strategy, ...parameters }: Method): string {
  const words = Object.entries(parameters).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
  return [strategy ?? "the server's own strategy", ...words].join(' ')
}

const parseValue = (text: string) => (/^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i.test(text) ? Number(text) : text)
