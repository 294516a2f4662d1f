import { isSpaceCode } from '../../python-text.js'
import { TemplateError } from '../errors.js'
import { joinTexts } from '../limits.js'
import { lastIndexOfText, splitText } from '../values/search-text.js'
import { charactersOf } from '../values/text.js'
import { costs, spend } from '../work.js'

/** Python's `str.split`; without a separator it splits at white space. */
export function split(text: string, separator: string | null, limit: number): string[] {
  if (separator === null) return splitSpaces(text, limit)
  if (separator === '') throw new TemplateError('empty separator')
  const parts = splitText(text, separator)
  if (limit < 0 || parts.length <= limit + 1) return parts
  return [...parts.slice(0, limit), parts.slice(limit).join(separator)]
}

/** Python's `str.rsplit`. */
export function splitFromEnd(text: string, separator: string | null, limit: number): string[] {
  if (separator === null) return splitSpaces(reverse(text), limit).map(reverse).reverse()
  if (separator === '') throw new TemplateError('empty separator')
  const parts: string[] = []
  let end = text.length
  while (limit < 0 || parts.length < limit) {
    const start = lastIndexOfText(text, separator, end)
    if (start < 0) break
    parts.push(text.slice(start + separator.length, end))
    end = start
  }
  return [...parts, text.slice(0, end)].reverse()
}

function reverse(text: string): string {
  spend(text.length * costs.item)
  return text.split('').reverse().join('')
}

function splitSpaces(text: string, limit: number): string[] {
  spend(text.length * costs.item)
  const words: string[] = []
  let start = skip(text, 0, true)
  while (start < text.length) {
    if (limit >= 0 && words.length === limit) {
      words.push(text.slice(start))
      break
    }
    const end = skip(text, start, false)
    words.push(text.slice(start, end))
    start = skip(text, end, true)
  }
  return words
}

function skip(text: string, from: number, isSpace: boolean): number {
  let index = from
  while (index < text.length && isSpaceCode(text.charCodeAt(index)) === isSpace) index++
  return index
}

/** Line breaks in Python. */
const lineBreaks = '\\n\\v\\f\\r\\x1c-\\x1e\\x85\\u2028\\u2029'
const lineEnd = new RegExp(`(?:\\r\\n|[${lineBreaks}])$`)
const line = new RegExp(`[^${lineBreaks}]*(?:\\r\\n|[${lineBreaks}])|[^${lineBreaks}]+`, 'g')

/** Python's `str.splitlines`. */
export function splitLines(text: string, keepsEnds: boolean): string[] {
  spend(text.length * costs.item)
  const lines = text.match(line) ?? []
  return keepsEnds ? [...lines] : lines.map((each) => each.replace(lineEnd, ''))
}

/** Python's `str.replace`. @throws TemplateError if the result is too long */
export function replaceText(text: string, old: string, replacement: string, limit: number): string {
  if (old === '') return joinTexts(replaceEmpty(text, replacement, limit < 0 ? Number.POSITIVE_INFINITY : limit), '')
  return joinTexts(split(text, old, limit), replacement)
}

function* replaceEmpty(text: string, replacement: string, limit: number): Generator<string> {
  for (const [index, character] of [...charactersOf(text), ''].entries())
    yield index < limit ? replacement + character : character
}
