import { expect, test } from 'vitest'
import { isLoopback, parseGatewayConfig } from './config.js'

const services = { TANDEM_SFT: '127.0.0.1:7001', TANDEM_DPO: '127.0.0.1:7002' }

test('the defaults listen on loopback, open', () => {
  expect(parseGatewayConfig(services)).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    apiKeys: [],
    templateFrom: 'dpo',
  })
})

test('a host that others can reach needs keys', () => {
  expect(() => parseGatewayConfig({ ...services, TANDEM_HOST: '0.0.0.0' })).toThrow('set TANDEM_API_KEYS')
  const withKeys = { ...services, TANDEM_HOST: '0.0.0.0', TANDEM_API_KEYS: 'one, two,' }
  expect(parseGatewayConfig(withKeys).apiKeys).toEqual(['one', 'two'])
})

test('every wrong variable is named', () => {
  expect(() => parseGatewayConfig({ TANDEM_SFT: 'nowhere', TANDEM_PORT: '99999' })).toThrow(
    /TANDEM_SFT must be host:port.*TANDEM_DPO is not set.*TANDEM_PORT/,
  )
})

test('loopback is meant narrowly', () => {
  expect(['localhost', '127.0.0.1', '127.9.9.9', '::1'].every(isLoopback)).toBe(true)
  expect(['0.0.0.0', '::', '127.example.org', '10.0.0.1', 'localhost.example.org'].some(isLoopback)).toBe(false)
})
