import { parseArgs } from 'node:util'
import type { Form } from './case.js'

export interface Arguments {
  readonly isShort: boolean
  /** Upper-case names; empty: all. */
  readonly cases: readonly string[]
  readonly forms: readonly Form[]
  /** Where to write the numbers as JSON. */
  readonly json: string | null
  /** Whether the table of docs/performance.md is written anew. */
  readonly writes: boolean
  readonly isVerbose: boolean
  readonly asksHelp: boolean
}

export const usage = `usage: npm run bench -- [--short] [--case P5]... [--form default|fast] [--json FILE] [--write] [--verbose]

  --short     fewer rounds: about 2 minutes on 2 cores
  --case P5   this case only; may be repeated. Some run only so: transformers
  --form F    the default precision or the fast one only; left out, both
  --json FILE writes the numbers to FILE
  --write     writes the table into docs/performance.md
  --verbose   shows what the processes log`

/** @throws Error naming what is wrong, and what there is */
export function parseArguments(args: readonly string[], caseNames: readonly string[]): Arguments {
  const { values } = parseArgs({
    args: [...args],
    options: {
      short: { type: 'boolean', default: false },
      case: { type: 'string', multiple: true, default: [] },
      form: { type: 'string' },
      json: { type: 'string' },
      write: { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const cases = values.case.map((name) => name.toUpperCase())
  const unknown = cases.find((name) => !caseNames.includes(name))
  if (unknown !== undefined) throw new Error(`there is no case ${unknown}; there are: ${caseNames.join(', ')}`)
  return {
    isShort: values.short,
    cases,
    forms: parseForms(values.form),
    json: values.json ?? null,
    writes: values.write,
    isVerbose: values.verbose,
    asksHelp: values.help,
  }
}

function parseForms(form: string | undefined): readonly Form[] {
  if (form === undefined) return ['default', 'fast']
  if (form === 'default' || form === 'fast') return [form]
  throw new Error(`there is no form "${form}"; there are: default, fast`)
}
