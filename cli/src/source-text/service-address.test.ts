import { describe, expect, it } from 'vitest'
import { isService, parseAddresses, toServiceSource } from './service-address.js'

describe('parseAddresses', () => {
  it.each([
    ['grpc://h:1', ['h:1']],
    ['grpc://10.0.0.1:7001,10.0.0.2:7001', ['10.0.0.1:7001', '10.0.0.2:7001']],
    ['grpc://a:1, grpc://[::1]:2', ['a:1', '[::1]:2']],
  ])('%s', (source, expected) => {
    expect(isService(source)).toBe(true)
    expect(parseAddresses(source, '--sft')).toEqual(expected)
    expect(parseAddresses(toServiceSource(expected), '--sft')).toEqual(expected)
  })

  it.each(['grpc://h', 'grpc://h:1,', 'grpc://h:1,i', 'grpc://h:0', 'grpc://h:1,x-grpc://i:2', 'grpc://h:1;i:2'])(
    'refuses %s',
    (source) => {
      expect(() => parseAddresses(source, '--sft')).toThrow(
        `--sft ${source} is not an address; expected grpc://HOST:PORT, e.g. grpc://127.0.0.1:7003, ` +
          'or the addresses of several replicas: grpc://HOST:PORT,HOST:PORT',
      )
    },
  )

  it('refuses an address twice', () => {
    expect(() => parseAddresses('grpc://h:1,i:1,h:1', '--dpo')).toThrow(
      '--dpo grpc://h:1,i:1,h:1 has h:1 twice: each replica has an address of its own',
    )
  })
})
