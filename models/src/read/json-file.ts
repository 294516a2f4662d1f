import { z } from 'zod'

/**
 * Parses a JSON text that holds an object.
 * @param name the name of the source in errors
 * @throws Error with the name if the text is not a JSON object
 */
export function parseJsonObject(bytes: Uint8Array, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Error(`${name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  const result = z.record(z.string(), z.unknown()).safeParse(value)
  if (!result.success) throw new Error(`${name} is not a JSON object`)
  return result.data
}
