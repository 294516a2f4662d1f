import { readFile } from 'node:fs/promises'
import { z } from 'zod'

/**
 * The object in a JSON file.
 * @throws Error naming the file where it cannot be read or holds something else.
 */
export async function readJsonObject(path: string): Promise<Record<string, unknown>> {
  return parseJsonObject(await readFile(path), path)
}

/** @param name of where the bytes are from, for the error. */
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
