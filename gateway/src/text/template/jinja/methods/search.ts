import { TemplateError, ValueDependentError } from '../errors.js'
import { iterate } from '../values/operations.js'
import { indexOfText, lastIndexOfText, splitText } from '../values/search-text.js'
import { charactersOf, lengthOfText } from '../values/text.js'
import { Tuple, textOf, typeName, type Value } from '../values/value.js'
import { spendText } from '../work.js'
import { requireInteger, requireText } from './method.js'

/** A part of a text between two indexes of characters, and the index where it begins. */
interface Window {
  readonly text: string
  readonly start: number
}

/** The part that `find(x, start, end)` searches; null if the start is after the end. */
function windowOf(text: string, start: Value | undefined, end: Value | undefined): Window | null {
  if (isOmitted(start) && isOmitted(end)) return { text, start: 0 }
  const characters = charactersOf(text)
  const place = (value: Value | undefined, initial: number) => {
    const index = isOmitted(value) ? initial : requireInteger(value, initial, 'an index')
    return index < 0 ? Math.max(0, index + characters.length) : index
  }
  const [from, to] = [place(start, 0), Math.min(place(end, characters.length), characters.length)]
  return from > to ? null : { text: characters.slice(from, to).join(''), start: from }
}

function isOmitted(value: Value | undefined): boolean {
  return value === undefined || value === null
}

type Bound = readonly (Value | undefined)[]

/** Python's `find` and `rfind`. */
export function find(text: string, [part, start, end]: Bound, isFromEnd: boolean): number {
  const searched = requireText(part, 'find()')
  const window = windowOf(text, start, end)
  if (window === null) return -1
  const unit = isFromEnd ? lastIndexOfText(window.text, searched) : indexOfText(window.text, searched)
  return unit < 0 ? -1 : window.start + lengthOfText(window.text.slice(0, unit))
}

/** Python's `index` and `rindex`. @throws TemplateError if there is none */
export function indexOf(text: string, bound: Bound, isFromEnd: boolean): bigint {
  const index = find(text, bound, isFromEnd)
  if (index < 0) throw new ValueDependentError('substring not found')
  return BigInt(index)
}

/** Python's `count`. */
export function count(text: string, [part, start, end]: Bound): bigint {
  const searched = requireText(part, 'count()')
  const window = windowOf(text, start, end)
  if (window === null) return 0n
  return BigInt(searched === '' ? lengthOfText(window.text) + 1 : splitText(window.text, searched).length - 1)
}

/** Python's `startswith` and `endswith`. */
export function hasEdge(text: string, [edges, start, end]: Bound, isEnd: boolean): boolean {
  const window = windowOf(text, start, end)
  const options = edges instanceof Tuple ? [...iterate(edges)] : [edges ?? null]
  return options.some((option) => {
    const edge = textOf(option)
    if (edge === undefined)
      throw new TemplateError(`startswith() requires a string or a tuple of strings, not ${typeName(option)}`)
    spendText(edge)
    return window !== null && (isEnd ? window.text.endsWith(edge) : window.text.startsWith(edge))
  })
}
