import { digestKey } from './digest-key.js'
import { type KeyLimits, noLimits } from './key-limits.js'
import { KeyUsage } from './key-usage.js'
import { type KeyEntry, KeyError } from './parse-key-line.js'

/** Maximum number of API keys. Each has its own series of some metrics. */
const maxKeys = 256

/** An API key. Its text is not kept. */
export interface ApiKey {
  readonly digest: Buffer
  /** The name in logs and metrics: the one of the file, or key-1, key-2 by position. */
  readonly name: string
  readonly usage: KeyUsage
}

/** Where API keys come from. */
export interface KeySources {
  /** Keys of the environment. */
  readonly keys: readonly string[]
  /** Keys of the file. */
  readonly entries: readonly KeyEntry[]
  /** Limits of keys that have none of their own. */
  readonly defaults?: KeyLimits
  /** The clock of the limits, in milliseconds. Default: `performance.now()`. */
  readonly now?: () => number
}

/**
 * Creates the API keys.
 * @param previous the keys so far: a key that stays keeps what it has used
 * @throws KeyError if there are too many, or a key or a name is there twice
 */
export function createKeys(sources: KeySources, previous: readonly ApiKey[] = []): ApiKey[] {
  const { keys, entries, defaults = noLimits } = sources
  const ofEnvironment = keys.map(
    (key, i): KeyEntry => ({ place: `TANDEM_API_KEYS, key ${i + 1}`, digest: digestKey(key), name: null, limits: {} }),
  )
  const all = [...ofEnvironment, ...entries]
  if (all.length > maxKeys) throw new KeyError(`found ${all.length} API keys: expected at most ${maxKeys}`)
  assertDistinct(all)
  const usages = new Map(previous.map(({ digest, usage }) => [digest.toString('hex'), usage]))
  return all.map(({ digest, name, limits }, i) => {
    const own = { ...defaults, ...limits }
    const usage = usages.get(digest.toString('hex')) ?? new KeyUsage(own, sources.now)
    usage.setLimits(own)
    return { digest, name: name ?? `key-${i + 1}`, usage }
  })
}

function assertDistinct(entries: readonly KeyEntry[]): void {
  const places = new Map<string, string>()
  for (const { digest, name, place } of entries)
    for (const value of [digest.toString('hex'), ...(name === null ? [] : [`name ${name}`])]) {
      const first = places.get(value)
      const what = value.startsWith('name') ? value : 'key'
      if (first !== undefined) throw new KeyError(`${place}: the ${what} is also in ${first}: expected it once`)
      places.set(value, place)
    }
}
