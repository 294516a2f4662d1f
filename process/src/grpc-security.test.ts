import { expect, test } from 'vitest'
import { z } from 'zod'
import { parseEnvironment } from './environment.js'
import { grpcSecurityFields, toGrpcSecurity } from './grpc-security.js'

const parse = (environment: NodeJS.ProcessEnv) =>
  toGrpcSecurity(parseEnvironment(z.object(grpcSecurityFields), environment))

test('without variables there is no TLS, and plaintext is not allowed', () => {
  expect(parse({})).toEqual({ tls: null, allowsPlaintext: false })
  expect(parse({ TANDEM_INSECURE_GRPC: '1' })).toEqual({ tls: null, allowsPlaintext: true })
})

test('all three files together make TLS', () => {
  expect(parse({ TANDEM_TLS_CA: 'ca.crt', TANDEM_TLS_CERT: 'tls.crt', TANDEM_TLS_KEY: 'tls.key' })).toEqual({
    tls: { ca: 'ca.crt', cert: 'tls.crt', key: 'tls.key' },
    allowsPlaintext: false,
  })
})

test.each([
  [
    { TANDEM_TLS_CERT: 'tls.crt', TANDEM_TLS_KEY: 'tls.key' },
    'TANDEM_TLS_CA is not set, but TANDEM_TLS_CERT and TANDEM_TLS_KEY are: set all three, or none',
  ],
  [
    { TANDEM_TLS_CA: 'ca.crt' },
    'TANDEM_TLS_CERT is not set, but TANDEM_TLS_CA is: set all three, or none; ' +
      'TANDEM_TLS_KEY is not set, but TANDEM_TLS_CA is: set all three, or none',
  ],
])('names what is missing: %j', (environment, message) => {
  expect(() => parse(environment)).toThrow(message)
})
