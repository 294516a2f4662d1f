import { readFile, writeFile } from 'node:fs/promises'
import { messageOf, parseValue } from '@tandem/process'
import { z } from 'zod'
import type { FaultCase, FaultSettings } from './case.js'

const resultSchema = z.object({
  tried: z.number(),
  survived: z.number(),
  /** What the clients saw, and how often. */
  seen: z.record(z.string(), z.number()),
  leaked: z.number(),
  recoveryMs: z.array(z.number()),
  notes: z.array(z.string()).default([]),
})

const rowSchema = z.object({
  key: z.string(),
  title: z.string(),
  form: z.enum(['short', 'long']),
  /** Year, month and day of the run. */
  date: z.string(),
  /** A text says why the case could not run. */
  result: z.union([resultSchema, z.string()]),
})

/** What came of a case. */
export type FaultRow = z.infer<typeof rowSchema>

/** Whether all tries survived and nothing leaked. */
export const isSurvived = ({ result }: FaultRow): boolean =>
  typeof result !== 'string' && result.tried > 0 && result.survived === result.tried && result.leaked === 0

/** Runs a case in its short or long form. */
export async function runCase(fault: FaultCase, settings: FaultSettings): Promise<FaultRow> {
  const { key, title } = fault
  const date = new Date().toISOString().slice(0, 10)
  const row = { key, title, form: settings.isShort ? ('short' as const) : ('long' as const), date }
  try {
    const { seen, recoveryMs, notes = [], ...counts } = await fault.run(settings)
    const lists = { recoveryMs: [...recoveryMs], notes: [...notes] }
    return { ...row, result: { ...counts, ...lists, seen: Object.fromEntries(seen) } }
  } catch (error) {
    return { ...row, result: messageOf(error) }
  }
}

/**
 * Adds a row to the report in a file: it takes the place of the earlier row of its case. The file
 * is created if it does not exist.
 * @param keys the order of the rows
 * @returns all rows
 * @throws Error if the file holds no report
 */
export async function addToReport(file: string, row: FaultRow, keys: readonly string[]): Promise<readonly FaultRow[]> {
  const earlier = await readReport(file)
  const rows = [...earlier.filter(({ key }) => key !== row.key), row]
  const sorted = rows.toSorted((a, b) => keys.indexOf(a.key) - keys.indexOf(b.key))
  await writeFile(file, `${JSON.stringify(sorted, null, 2)}\n`)
  return sorted
}

async function readReport(file: string): Promise<readonly FaultRow[]> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return '[]'
    throw error
  })
  const toError = (faults: string) => new Error(`${file} holds no report of faults: ${faults}. Name another file`)
  return parseValue(z.array(rowSchema), JSON.parse(text), { name: 'the file', toError })
}
