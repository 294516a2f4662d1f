/** The settings of the scripts. Each one is an environment variable: `k6 run -e TANDEM_URL=...`. */

/** The URL of the gateway, without a path. */
export const url = (__ENV.TANDEM_URL ?? 'http://127.0.0.1:8080').replace(/\/$/, '')

/** Tokens of each answer. End tokens do not end it, so that all answers cost the same. */
export const tokens = numberFrom('TOKENS', 32)

/**
 * The service level: maximum milliseconds to the first token, and mean milliseconds per token after
 * it.
 */
export const level = { firstTokenMs: numberFrom('MAX_TTFT', 2000), perTokenMs: numberFrom('MAX_PER_TOKEN', 200) }

/** Arrivals per second. `ramp` starts with it, `spike` multiplies it by ten. */
export const rate = numberFrom('RATE', 1)

/** Maximum virtual users. Each one waits for one answer, so this bounds the open requests. */
export const maxVUs = numberFrom('MAX_VUS', 200)

/** Returns a duration of k6, such as "30s". */
export const durationFrom = (name: string, preset: string): string => __ENV[name] ?? preset

/**
 * Returns the number of an environment variable.
 * @throws Error if it is not a number above 0
 */
export function numberFrom(name: string, preset: number): number {
  const text = __ENV[name]
  if (text === undefined) return preset
  const number = Number(text)
  if (number > 0) return number
  throw new Error(`${name} is ${text}: expected a number above 0`)
}
