import { expect, test, vi } from 'vitest'
import { KeptRows } from './kept-rows.js'
import { LogitsRow } from './logits-row.js'

const keep = (released: () => void) =>
  KeptRows.of(
    5,
    [1, 2].map((logit) => new LogitsRow(Float32Array.of(logit), null, released)),
    2,
  )

test('newer rows release the older ones', () => {
  const released = vi.fn()
  keep(released).release()
  expect(released).toHaveBeenCalledTimes(2)
})

test('rows that a copy of the session shares are released by nobody, cut or whole', () => {
  const released = vi.fn()
  const kept = keep(released)
  const shared = kept.share()
  kept.release()
  shared.truncate(4).release()
  expect(released).not.toHaveBeenCalled()
  expect(shared.truncate(4).last()?.logits).toEqual(Float32Array.of(1))
})
