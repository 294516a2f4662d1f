import { WorkLimitError } from './errors.js'

/*
 * Counts the work of a rendering, so that no template runs for long. A unit is about a nanosecond
 * on a usual machine. Rendering is synchronous, so one counter serves all, and what makes, reads or
 * compares values spends from it without a parameter:
 * - each expression, statement, pass of a loop, call, filter and test (run/, filters/index.ts);
 * - each object that is made, and each item that is iterated (values/);
 * - the characters that filters, methods and operators read and make.
 */

/** The units of what a rendering does. */
export const costs = {
  /** Evaluates an expression, without its parts. */
  expression: 100,
  /** Runs a statement or a pass of a loop. */
  statement: 600,
  /** Calls a function, a filter or a test. */
  call: 600,
  /** Makes an object, or compares, prints or looks up a value. */
  value: 200,
  /** Reads an item of a list, or copies it. */
  item: 60,
  /** Reads or copies a character of a text with an operation of JavaScript on the whole text. */
  character: 4,
  /** Reads each character of a text, also by a regular expression. */
  eachCharacter: 20,
  /** Calls a function for each character of a text, or computes a digit. */
  slowCharacter: 200,
} as const

/** Maximum work of one rendering: about a second, of which large conversations need a tenth. */
export const maxWork = 1_000_000_000

/** Time that one rendering may take, in milliseconds, on a machine that is slow or busy. */
const maxTimeMs = 10_000

/** Work between two looks at the clock. */
const clockInterval = 1_000_000

const endless = { limit: Number.POSITIVE_INFINITY, left: Number.POSITIVE_INFINITY, mark: 0, deadline: 0 }

/** The counter of the rendering that runs. */
let counter = endless

/** Runs a rendering whose work is limited. @throws WorkLimitError in `spend` */
export function limitWork<T>(limit: number, run: () => T): T {
  const outer = counter
  counter = { limit, left: limit, mark: limit, deadline: performance.now() + maxTimeMs }
  try {
    return run()
  } finally {
    counter = outer
  }
}

/**
 * Counts work. Once the limit is exceeded, each call throws, so that no `catch` goes on.
 * @throws WorkLimitError
 */
export function spend(units: number): void {
  counter.left -= units
  // The negation also catches NaN.
  if (!(counter.left >= counter.mark)) check()
}

function check(): void {
  const { limit, left, deadline } = counter
  if (!(left >= 0)) throw new WorkLimitError(`it takes more than ${limit} units of work`)
  if (performance.now() > deadline) throw new WorkLimitError(`it takes more than ${maxTimeMs} ms`)
  counter.mark = Math.max(0, left - clockInterval)
}

/** Counts the reading of a text. */
export function spendText(text: string): void {
  spend(text.length * costs.character)
}

/** Returns the work that the rendering has done. */
export function workDone(): number {
  return counter.limit - counter.left
}
