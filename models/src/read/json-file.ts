import { z } from 'zod'

/**
 * The object that a JSON text holds.
 * @param name of where the bytes are from, for the error.
 * @throws Error naming it where it holds something else.
 */
export function parseJsonObject(bytes: Uint8Array, name: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new Error(`${name} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
  const result = z.record(z.string(), z.unknown()).safeParse(value)
  if (!result.success) throw new Error(`${name} holds no JSON object`)
  return result.data
}
