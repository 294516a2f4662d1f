import { parseArgs } from 'node:util'

/** The options of the command line. */
export interface FaultArguments {
  readonly isShort: boolean
  /** Keys of the cases to run. Empty means all. */
  readonly cases: readonly string[]
  /** The report to which the outcomes are added, or null. */
  readonly json: string | null
  /** Whether to write the table into docs/operations.md. */
  readonly writes: boolean
  readonly asksHelp: boolean
}

/** The text of `--help`. */
export const usage = `usage: npm run faults -- [--short] [--case F3]... [--json FILE] [--write]

  --short     few tries on a tiny pair, as in the test suite; otherwise more, most on the embedded pair
  --case F3   runs only this case; may be repeated
  --json FILE adds the outcomes to the report in FILE; the table then has all that FILE holds
  --write     writes the table into docs/operations.md`

/**
 * Parses the command line.
 * @throws Error with the wrong argument and the valid values
 */
export function parseFaultArguments(args: readonly string[], keys: readonly string[]): FaultArguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      case: { type: 'string', multiple: true, default: [] },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const unknown = values.case.find((key) => !keys.includes(key))
  if (unknown !== undefined) throw new Error(`--case ${unknown} is unknown: expected one of ${keys.join(', ')}`)
  const { short: isShort, case: cases, json = null, write: writes, help: asksHelp } = values
  return { isShort, cases, json, writes, asksHelp }
}
