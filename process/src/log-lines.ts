import { createRequire } from 'node:module'
import type pretty from 'pino-pretty'

const require = createRequire(import.meta.url)

/** How log lines are shown. */
export interface LogFormat {
  readonly hasColours: boolean
  /** Whether lines begin with the name of their process. */
  readonly hasName: boolean
}

/**
 * Creates a function that turns a line of pino's JSON into text for a person: time, level, message,
 * and all other fields on the same line; the stack of an error below it. Any other line stays as
 * it is. The text has no end of line.
 */
export function createLogFormatter({ hasColours, hasName }: LogFormat): (line: string) => string {
  // Loaded here: most processes write JSON, and start sooner without it.
  const { prettyFactory } = require('pino-pretty') as typeof pretty
  const format = prettyFactory({
    colorize: hasColours,
    singleLine: true,
    ignore: hasName ? 'pid,hostname' : 'pid,hostname,name',
    translateTime: 'SYS:HH:MM:ss.l',
  })
  return (line) => (isLogLine(line) ? format(showControls(line)).trimEnd() : line)
}

/** Whether a stream shows colours: it is a terminal, and the user has not set NO_COLOR. */
export const hasColours = (isTerminal: boolean, { NO_COLOR, TERM }: NodeJS.ProcessEnv): boolean =>
  isTerminal && (NO_COLOR ?? '') === '' && TERM !== 'dumb'

function isLogLine(line: string): boolean {
  if (!line.startsWith('{')) return false
  try {
    const { level, time } = JSON.parse(line) as Record<string, unknown>
    return typeof level === 'number' && typeof time === 'number'
  } catch {
    return false
  }
}

/** An escape of JSON; and control characters that JSON may hold as they are. */
const escapes = /\\(?:u[0-9a-f]{4}|.)|[\u007f-\u009f]/gi
/** Escapes that stand for control characters other than ends of lines and tabs. */
const control = /^\\(?:[rbf]|u00(?:[0189][0-9a-f]|7f))$/i

/**
 * Escapes control characters in the texts of a JSON line once more, so that a logged text cannot
 * control the terminal.
 */
const showControls = (json: string): string =>
  json.replaceAll(escapes, (found) => {
    if (!found.startsWith('\\')) return '?'
    return control.test(found) ? `\\${found}` : found
  })
