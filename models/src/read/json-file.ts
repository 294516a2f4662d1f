import { messageOf, parseValue } from '@tandem/process'
import { z } from 'zod'

const advice = 'Correct the file, or download the model again'

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
    throw new Error(`${name} is not JSON: ${messageOf(cause)}. ${advice}`, { cause })
  }
  const toError = (faults: string) => new Error(`${faults}. ${advice}`)
  return parseValue(z.record(z.string(), z.unknown()), value, { name, toError })
}
