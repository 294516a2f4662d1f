import { TemplateError } from '../errors.js'
import { Range } from '../values/collections.js'
import { numberOf } from '../values/operations.js'
import { characterAt, charactersOf, isPlain } from '../values/text.js'
import { isList, Markup, Tuple, textOf, typeName, Undefined, type Value } from '../values/value.js'
import { costs, spend, spendText } from '../work.js'

/** Reads an item of a sequence; undefined if there is none, or if the value is no sequence. */
export function itemAt(sequence: Value, position: Value): Value | undefined {
  const number = numberOf(position)
  if (typeof number !== 'bigint') return undefined
  const index = Number(number)
  const text = textOf(sequence)
  if (text !== undefined) {
    const character = characterAt(text, index)
    return character === undefined || !(sequence instanceof Markup) ? character : new Markup(character)
  }
  if (isList(sequence)) return sequence.at(index)
  if (sequence instanceof Tuple) return sequence.items.at(index)
  if (!(sequence instanceof Range)) return undefined
  const place = index < 0 ? index + sequence.length : index
  return place >= 0 && place < sequence.length ? sequence.at(place) : undefined
}

type Bounds = readonly [Value, Value, Value]

/** `sequence[start:stop:step]` of Python. @throws TemplateError if the value is no sequence */
export function sliceOf(sequence: Value, bounds: Bounds): Value {
  const text = textOf(sequence)
  if (text !== undefined) {
    const part = sliceText(text, bounds)
    return sequence instanceof Markup ? new Markup(part) : part
  }
  if (isList(sequence)) return pick(sequence, bounds)
  if (sequence instanceof Tuple) return new Tuple(pick(sequence.items, bounds))
  if (sequence instanceof Range) return sliceRange(sequence, bounds)
  if (sequence instanceof Undefined) throw sequence.toError()
  throw new TemplateError(`'${typeName(sequence)}' object has no slices`)
}

function sliceText(text: string, bounds: Bounds): string {
  spendText(text)
  if (!isPlain(text)) return pick(charactersOf(text), bounds).join('')
  const { start, stop, step } = resolveBounds(bounds, text.length)
  return step === 1 ? text.slice(start, Math.max(start, stop)) : pick(charactersOf(text), bounds).join('')
}

function pick<T>(items: readonly T[], bounds: Bounds): T[] {
  const { start, stop, step } = resolveBounds(bounds, items.length)
  spend(Math.max(0, (stop - start) / step) * costs.item)
  const picked: T[] = []
  for (let index = start; step > 0 ? index < stop : index > stop; index += step) picked.push(items[index] as T)
  return picked
}

function sliceRange(range: Range, bounds: Bounds): Range {
  const { start, stop, step } = resolveBounds(bounds, range.length)
  return new Range(range.at(start), range.at(stop), range.step * BigInt(step))
}

/** Resolves bounds as Python's `slice.indices`. */
function resolveBounds([start, stop, step]: Bounds, length: number) {
  const stride = boundOf(step) ?? 1
  if (stride === 0) throw new TemplateError('slice step cannot be zero')
  const [lowest, highest] = stride > 0 ? [0, length] : [-1, length - 1]
  const clip = (bound: number | null, initial: number) => {
    if (bound === null) return initial
    const place = bound < 0 ? bound + length : bound
    return Math.min(Math.max(place, lowest), highest)
  }
  const [first, last] = stride > 0 ? [lowest, highest] : [highest, lowest]
  return { start: clip(boundOf(start), first), stop: clip(boundOf(stop), last), step: stride }
}

function boundOf(value: Value): number | null {
  if (value === null) return null
  const number = numberOf(value)
  if (typeof number !== 'bigint') throw new TemplateError('slice indices must be integers or None')
  return Math.min(Math.max(Number(number), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER)
}
