import { expect, test } from 'vitest'
import { shareDevice } from './share-device.js'

let engines = 0
const cpu = (units: number[], threads: number, host = 'a') => ({
  host,
  kind: 'cpu',
  units,
  threads,
  engineId: `${engines++}`,
})
const together = cpu([0], 1)

test.each([
  ['two cores for two threads', cpu([0, 1], 1), cpu([0, 1], 1), false],
  ['two cores for four threads', cpu([0, 1], 2), cpu([0, 1], 2), true],
  ['one core', cpu([0], 1), cpu([0], 1), true],
  ['a core each', cpu([0], 1), cpu([1], 1), false],
  ['two machines', cpu([0], 1), cpu([0], 1, 'b'), false],
  ['one accelerator', { ...cpu([0], 1), kind: 'cuda' }, { ...cpu([0], 1), kind: 'cuda' }, true],
  ['an accelerator each', { ...cpu([0], 1), kind: 'cuda' }, { ...cpu([1], 1), kind: 'cuda' }, false],
  ['two models of one engine', together, together, false],
  ['a service that reports no device', null, cpu([0], 1), false],
])('%s', (_name, a, b, expected) => expect(shareDevice(a, b)).toBe(expected))
