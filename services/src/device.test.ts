import { expect, test } from 'vitest'
import { describeDevice } from './device.js'
import { cpu } from './engine/compute-device.js'

test('this process runs on at least one core of this machine', async () => {
  const device = await describeDevice(cpu, 2)
  expect(device).toMatchObject({ kind: 'cpu', threads: 2 })
  expect(device.host).not.toBe('')
  expect(device.units?.length).toBeGreaterThan(0)
})
