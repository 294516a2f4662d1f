import { createHash } from 'node:crypto'

/** What a prompt of the judge shows. */
export interface Shown {
  readonly prompt: string
  readonly answerA: string
  readonly answerB: string
}

/** The parts that a template must have. */
const required = ['prompt', 'answer_a', 'answer_b'] as const
const known: readonly string[] = [...required, 'code']
const place = /\{\{\s*(\w+)\s*\}\}/g

/** Maximum characters of a template. */
const maxTemplate = 100_000
/** Digits of the code. */
const codeDigits = 12

/**
 * Refuses a template that lacks a part, or names an unknown one.
 * @param path the file, for the message
 * @throws Error naming the part
 */
export function assertTemplate(template: string, path: string): void {
  if (template.length > maxTemplate)
    throw new Error(`${path} has ${template.length} characters: expected at most ${maxTemplate}`)
  const found = [...template.matchAll(place)].map(([, name = '']) => name)
  const unknown = found.find((name) => !known.includes(name))
  const expected = `expected ${known.map((name) => `{{${name}}}`).join(', ')}`
  if (unknown !== undefined) throw new Error(`${path} has {{${unknown}}}, which is unknown: ${expected}`)
  const missing = required.find((name) => !found.includes(name))
  if (missing !== undefined) throw new Error(`${path} has no {{${missing}}}: ${expected}; only the code may be missing`)
}

/**
 * Fills a template. What is filled in is not read again, so an answer that contains {{answer_b}}
 * stays as it is.
 */
export function fillTemplate(template: string, shown: Shown): string {
  const { prompt, answerA, answerB } = shown
  const values: Readonly<Record<string, string>> = {
    ...{ prompt, answer_a: answerA, answer_b: answerB, code: codeOf(shown) },
  }
  return template.replace(place, (whole, name: string) => values[name] ?? whole)
}

/**
 * The code of a request: a hash of its texts, so that none of them can contain it. It is the same
 * in both orders.
 */
function codeOf({ prompt, answerA, answerB }: Shown): string {
  const texts = JSON.stringify([prompt, ...[answerA, answerB].sort()])
  return createHash('sha256').update(texts).digest('hex').slice(0, codeDigits)
}
