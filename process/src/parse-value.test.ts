import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { messageOf } from './message-of.js'
import { type ParseOptions, parseValue } from './parse-value.js'

const token = z.union([z.string(), z.looseObject({ content: z.string(), id: z.int() })])
const schema = z.looseObject({
  size: z.int().min(1),
  names: z.array(z.string()).nullish(),
  tokens: z.union([z.array(token), z.record(z.string(), token)]).nullish(),
  pair: z.tuple([z.int(), z.int()]).nullish(),
  own: z.strictObject({ on: z.boolean() }).nullish(),
})

function faultsOf(value: unknown, options: ParseOptions = { name: 'the file' }): string {
  try {
    parseValue(schema, value, options)
    return 'none'
  } catch (error) {
    return messageOf(error)
  }
}

describe('parseValue', () => {
  it('returns what the schema makes', () => {
    expect(parseValue(z.object({ a: z.int().default(3) }), {}, { name: 'the file' })).toEqual({ a: 3 })
  })

  it.each<[unknown, string]>([
    [[1], 'the file is [1]: expected an object'],
    [{}, 'size is missing: expected an integer of at least 1'],
    [{ size: 1, names: ['a', 2] }, 'names.1 is 2: expected a string'],
    [{ size: 1, own: { on: true, of: 1 } }, 'own has no key "of"; expected one of: on'],
    [
      { size: 0, pair: [1, 'x'], names: 3 },
      'size is 0: expected an integer of at least 1; names is 3: expected a list; ' +
        'pair.1 is "x": expected an integer from -9007199254740991 to 9007199254740991',
    ],
    [
      { size: 1, names: [1, 2, 3, 4, 5] },
      'names.0 is 1: expected a string; names.1 is 2: expected a string; names.2 is 3: expected a string; and 2 more',
    ],
  ])('%j: names the first faults', (value, faults) => {
    expect(faultsOf(value)).toBe(faults)
  })

  it.each<[unknown, string]>([
    [3, 'tokens is 3: expected a list or an object'],
    [['a', 3], 'tokens.1 is 3: expected a string or an object'],
    [{ a: { content: 1, id: 0 } }, 'tokens.a.content is 1: expected a string'],
  ])('of a union, names the wrong parts of a value that has the type of one form: %j', (tokens, faults) => {
    expect(faultsOf({ size: 1, tokens })).toBe(faults)
  })

  it('begins names with the path of the value', () => {
    expect(faultsOf({ size: '1' }, { name: 'the file', path: ['a', 'b'] })).toMatch(/^a\.b\.size is "1": /)
    expect(faultsOf(null, { name: 'the file', path: ['a', 'b'] })).toMatch(/^a\.b is null: /)
  })

  it('throws the error that the caller makes', () => {
    const toError = (faults: string) => new RangeError(`x cannot be used: ${faults}`)
    expect(() => parseValue(schema, 1, { name: 'the file', toError })).toThrow(
      new RangeError('x cannot be used: the file is 1: expected an object'),
    )
  })

  it('escapes line breaks of keys', () => {
    expect(faultsOf({ size: 1, tokens: { 'a\nb': 1 } })).toBe('tokens.a\\nb is 1: expected a string or an object')
  })

  it('describes any value in one line of limited length', () => {
    const anything = fc.oneof(fc.jsonValue(), fc.string({ minLength: 500, maxLength: 2000 }))
    const lists = fc.oneof(anything, fc.array(anything), fc.dictionary(fc.string({ maxLength: 500 }), anything))
    const near = fc.record(
      { size: anything, names: lists, tokens: lists, pair: lists, own: lists },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(fc.oneof(anything, near), (value) => {
        const faults = faultsOf(value)
        expect(faults).not.toMatch(/^$|\n|Invalid input/)
        expect(faults.length).toBeLessThan(1000)
      }),
    )
  })
})
