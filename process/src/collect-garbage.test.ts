import { expect, test, vi } from 'vitest'
import { collectEachMinute, collectGarbage } from './collect-garbage.js'

const size = 1024 * 1024

/**
 * Returns a reference to an object that nothing else holds, after two minor collections made it
 * old.
 */
function makeOldGarbage(): WeakRef<Uint8Array> {
  const garbage = [new Uint8Array(size)]
  collectGarbage('minor')
  collectGarbage('minor')
  return new WeakRef(garbage.pop() as Uint8Array)
}

test('a major collection frees old objects', async () => {
  const garbage = makeOldGarbage()
  // A WeakRef holds its target until the end of the turn.
  await new Promise(setImmediate)
  collectGarbage('major')
  expect(garbage.deref()).toBeUndefined()
})

test('all garbage is collected each minute', async () => {
  vi.useFakeTimers({ toFake: ['setInterval'] })
  try {
    collectEachMinute()
    const garbage = makeOldGarbage()
    await new Promise(setImmediate)
    vi.advanceTimersByTime(60_000)
    expect(garbage.deref()).toBeUndefined()
  } finally {
    vi.useRealTimers()
  }
})
