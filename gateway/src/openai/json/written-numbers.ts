import { shorten, showValue } from '@tandem/process'
import { quoteNumbers } from './quote-numbers.js'

/** The text of a body. */
interface Source {
  readonly json: string
  /** The body with its numbers as texts, once it was needed. */
  written?: unknown
  /** Whether `inexact` finds a number in it, once it was asked. */
  isInexact?: boolean
}

interface Place {
  readonly source: Source
  readonly path: readonly PropertyKey[]
}

/** The texts from which objects were parsed. */
const places = new WeakMap<object, Place>()

/** Remembers the text of a body, so that its numbers can be read as they were written. */
export function rememberText(body: object, json: string): void {
  places.set(body, { source: { json }, path: [] })
}

/** Remembers where in a body an object is that is parsed by itself. */
export function rememberPart(body: object, key: PropertyKey, part: object): void {
  const place = places.get(body)
  if (place) places.set(part, { ...place, path: [...place.path, key] })
}

/**
 * Returns a number as the client wrote it: `JSON.parse` rounds integers above 2^53, and Node 20 has
 * no reviver that sees the text. The first call reads the whole text again, so only errors, large
 * seeds and numbers in messages use it.
 * @param object a body or a part of it that was remembered; for others the result is null
 * @param path the place of a number in the object
 */
export function writtenNumber(object: unknown, path: readonly PropertyKey[]): string | null {
  const place = placeOf(object)
  const found = place === null ? null : writtenAt(place, path)
  return typeof found === 'string' ? found : null
}

/** A number in JSON that may be a float without a fraction, or that JavaScript may round. */
const inexact = /[:,[\s]-?(?:\d{16}|\d+(?:\.0+(?!\d)|(?:\.\d+)?[eE]))/

/**
 * Returns a part of a body with its numbers as texts, as the client wrote them; null if JavaScript
 * has all numbers of the body as they were written, or if the object was not remembered.
 */
export function writtenPart(object: unknown, path: readonly PropertyKey[]): unknown {
  const place = placeOf(object)
  if (place === null) return null
  place.source.isInexact ??= inexact.test(place.source.json)
  return place.source.isInexact ? writtenAt(place, path) : null
}

function placeOf(object: unknown): Place | null {
  return typeof object === 'object' && object !== null ? (places.get(object) ?? null) : null
}

function writtenAt(place: Place, path: readonly PropertyKey[]): unknown {
  const { source } = place
  // An error asks for many numbers: zod describes each item of a list, for each form of a union.
  source.written ??= JSON.parse(quoteNumbers(source.json))
  let found = source.written
  for (const key of [...place.path, ...path]) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return null
    found = (found as Readonly<Record<PropertyKey, unknown>>)[key]
  }
  return found
}

/** Formats a value that a client sent for a message, numbers as they were written. */
export function showSent(value: unknown, object: unknown, path: readonly PropertyKey[]): string {
  const written = typeof value === 'number' ? writtenNumber(object, path) : null
  return written === null ? showValue(value) : shorten(written)
}
