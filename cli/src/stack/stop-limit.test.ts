import { expect, it } from 'vitest'
import { stopLimitMs } from './stop-limit.js'

it('a process has its drain time, the delay before it, and some seconds to end', () => {
  expect(stopLimitMs({})).toBe(8_000)
  expect(stopLimitMs({ TANDEM_DRAIN_MS: '0' })).toBe(3_000)
  expect(stopLimitMs({ TANDEM_DRAIN_MS: '60000', TANDEM_DRAIN_DELAY_MS: '10000' })).toBe(73_000)
  expect(stopLimitMs({ TANDEM_DRAIN_MS: 'soon' })).toBe(8_000)
})
