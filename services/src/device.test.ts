import { expect, test } from 'vitest'
import { describeDevice, parseCoreList } from './device.js'
import { cpu } from './engine/compute-device.js'

test.each([
  ['0', [0]],
  ['0-2,5', [0, 1, 2, 5]],
  ['3,8-9', [3, 8, 9]],
])('parses the cores of "%s"', (list, expected) => expect(parseCoreList(list)).toEqual(expected))

test('this process runs on at least one core of this machine', async () => {
  const device = await describeDevice(cpu, 2)
  expect(device).toMatchObject({ kind: 'cpu', threads: 2 })
  expect(device.host).not.toBe('')
  expect(device.units?.length).toBeGreaterThan(0)
})
