import { showValue } from '@tandem/process'
import { wordsOf } from './words.js'

/**
 * Reads the expected answers of a prompt: a text, a number, or a list of those, each of which is
 * right. No answer is expected if the column is missing, null or an empty list.
 * @throws Error if the column has another value
 */
export function readExpected(columns: Readonly<Record<string, unknown>>, field: string): readonly string[] {
  const value = columns[field] ?? []
  const list = Array.isArray(value) ? value : [value]
  return list.map((entry) => {
    const text = typeof entry === 'number' ? String(entry) : entry
    if (typeof text === 'string' && wordsOf(text).length > 0) return text
    throw new Error(`${field} is ${showValue(value)}: expected a text with words, a number, or a list of those`)
  })
}

/** Whether an answer has the words of one of the expected answers, one after the other. */
export function isRight(expected: readonly string[], answer: string): boolean {
  const words = ` ${wordsOf(answer).join(' ')} `
  return expected.some((text) => words.includes(` ${wordsOf(text).join(' ')} `))
}
