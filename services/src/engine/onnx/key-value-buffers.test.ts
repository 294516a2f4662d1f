import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyValueBuffers } from './key-value-buffers.js'

const shape = { layers: 3, keyValueHeads: 1, headSize: 2 }

/** Row `row` of a layer: its keys, and the negated values. */
const rowOf = (layer: number, row: number, seed: number) =>
  Float32Array.of(10_000 * layer + 10 * row + seed, 10_000 * layer + 10 * row + seed + 0.5)

const writes = fc.record({ row: fc.nat(19), layer: fc.nat(2), seed: fc.integer({ min: 1, max: 9 }) })
const allocations = fc.record({ rows: fc.integer({ min: 1, max: 20 }), keptRows: fc.nat(20) })

test('holds what one array for each layer would hold, whatever is written and allocated', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(writes, allocations), { maxLength: 60 }), (actions) => {
      const buffers = new KeyValueBuffers(shape)
      let model: Float32Array[][] = []
      for (const action of actions)
        if ('layer' in action) {
          if (action.row >= buffers.rows) continue
          const key = rowOf(action.layer, action.row, action.seed)
          const value = key.map((x) => -x)
          buffers.write(action.layer, action.row, key, value)
          model[action.layer]?.splice(action.row, 1, key)
        } else {
          const kept = Math.min(action.keptRows, action.rows, buffers.rows)
          buffers.allocate(action.rows, kept)
          model = Array.from({ length: shape.layers }, (_, layer) =>
            Array.from(
              { length: action.rows },
              (_, row) => (row < kept ? model[layer]?.[row] : null) ?? new Float32Array(2),
            ),
          )
        }
      for (const [layer, rows] of model.entries()) {
        const keys = rows.flatMap((row) => [...row])
        expect([...buffers.keyPrefix(layer, rows.length)]).toEqual(keys)
        expect([...buffers.valuePrefix(layer, rows.length)].map((x) => 0 - x)).toEqual(keys)
      }
    }),
  )
})

test('refuses rows and layers that it does not have', () => {
  const buffers = new KeyValueBuffers(shape)
  buffers.allocate(2, 0)
  const two = new Float32Array(4)
  expect(() => buffers.write(0, 1, two, two)).toThrow('3 rows are addressed: the memory has 2')
  expect(() => buffers.valuePrefix(0, 3)).toThrow('3 rows are addressed: the memory has 2')
  expect(() => buffers.keyPrefix(3, 1)).toThrow('layer is 3: the model has 3 layers')
})

test('the views of released memory are empty', () => {
  const buffers = new KeyValueBuffers(shape)
  buffers.allocate(2, 0)
  const before = buffers.keyPrefix(2, 2)
  buffers.allocate(4, 2)
  expect([before.length, buffers.rows, buffers.keyPrefix(2, 4).length]).toEqual([0, 4, 8])
  buffers.release()
  expect([buffers.rows, buffers.keyPrefix(0, 0).length]).toEqual([0, 0])
})
