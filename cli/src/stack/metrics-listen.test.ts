import { describe, expect, it } from 'vitest'
import { withFreeMetricsPort, withMetricsPort, withMetricsUrl } from './metrics-listen.js'

const listen = (text: string) => ({ TANDEM_METRICS_LISTEN: text })

describe('withMetricsPort', () => {
  it.each([
    ['127.0.0.1:9464', 0, '127.0.0.1:9464'],
    ['127.0.0.1:9464', 2, '127.0.0.1:9466'],
    ['[::1]:9464', 1, '[::1]:9465'],
    ['127.0.0.1:0', 3, '127.0.0.1:0'],
    ['off', 3, 'off'],
  ])('%s, process %d: %s', (text, place, expected) => {
    expect(withMetricsPort(listen(text), place)).toEqual(listen(expected))
  })

  it('leaves an unset variable', () => {
    expect(withMetricsPort({ A: '1' }, 1)).toEqual({ A: '1' })
  })

  it('refuses too few ports', () => {
    expect(() => withMetricsPort(listen('h:65535'), 1)).toThrow(
      'TANDEM_METRICS_LISTEN=h:65535 leaves too few ports: process 2 would get port 65536',
    )
  })
})

describe('withFreeMetricsPort', () => {
  it.each([
    ['127.0.0.1:9464', '127.0.0.1:0'],
    ['off', 'off'],
  ])('%s: %s', (text, expected) => {
    expect(withFreeMetricsPort(listen(text))).toEqual(listen(expected))
    expect(withFreeMetricsPort({})).toEqual({})
  })
})

describe('withMetricsUrl', () => {
  it.each([
    ['http://127.0.0.1:9464/metrics', '127.0.0.1:9464'],
    ['http://[::1]:9464/metrics', '[::1]:9464'],
    ['http://h:80/metrics', 'h:80'],
  ])('%s: %s', (url, expected) => {
    expect(withMetricsUrl(listen('127.0.0.1:0'), url)).toEqual(listen(expected))
  })

  it('leaves metrics off', () => {
    expect(withMetricsUrl(listen('off'), null)).toEqual(listen('off'))
  })
})
