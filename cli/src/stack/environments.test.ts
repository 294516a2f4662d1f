import { expect, it } from 'vitest'
import { gatewayEnvironment, serviceEnvironment } from './environments.js'

const given = { TANDEM_API_KEYS: 'secret', TANDEM_API_KEYS_FILE: '/etc/keys', TANDEM_KEY_CONCURRENT: '4' }
const addresses = { sft: ['h:1'], dpo: ['h:2'], models: {}, rewards: {} }
const pair = { name: 'pair', endTokens: [] }
const listen = { host: '127.0.0.1', port: 0 }

it('gives API keys and their file only to the gateway', () => {
  const service = serviceEnvironment(given, { role: 'sft', folder: 'f' }, 1, {})
  expect(Object.keys(service).filter((name) => name.startsWith('TANDEM_API_KEYS'))).toEqual([])
  const options = { ...listen, apiKeys: ['a', 'b'], apiKeysFile: '/my/keys' }
  expect(gatewayEnvironment(given, addresses, pair, options)).toMatchObject({
    TANDEM_API_KEYS: 'a,b',
    TANDEM_API_KEYS_FILE: '/my/keys',
    TANDEM_KEY_CONCURRENT: '4',
  })
})

it('a gateway of a single command has none, whatever the environment says', () => {
  const own = gatewayEnvironment(given, addresses, pair, { ...listen, apiKeys: [] })
  expect(Object.keys(own).filter((name) => name.startsWith('TANDEM_API_KEYS'))).toEqual([])
})

it('services do not share the address of health checks', () => {
  const given = { TANDEM_HEALTH_LISTEN: '127.0.0.1:7080' }
  const service = serviceEnvironment(given, { role: 'sft', folder: 'f' }, 1, {})
  expect(service.TANDEM_HEALTH_LISTEN).toBeUndefined()
})
