import { expect, test } from 'vitest'
import { z } from 'zod'
import { listenSchema } from './address.js'
import { flagVariable, integerVariable, logLevelSchema, parseEnvironment, SettingsError } from './environment.js'

const schema = z.object({
  TANDEM_PORT: integerVariable(0, 65_535).default(8080),
  TANDEM_STRICT: flagVariable(),
  TANDEM_LOG_LEVEL: logLevelSchema,
  TANDEM_LISTEN: listenSchema.default('127.0.0.1:0'),
})

test('parses texts and fills in defaults', () => {
  expect(parseEnvironment(schema, {})).toEqual({
    TANDEM_PORT: 8080,
    TANDEM_STRICT: false,
    TANDEM_LOG_LEVEL: 'info',
    TANDEM_LISTEN: '127.0.0.1:0',
  })
  expect(parseEnvironment(schema, { TANDEM_PORT: '0', TANDEM_STRICT: '1', TANDEM_LISTEN: '[::1]:7' })).toMatchObject({
    TANDEM_PORT: 0,
    TANDEM_STRICT: true,
    TANDEM_LISTEN: '[::1]:7',
  })
})

test('names every wrong variable, what was found and what is expected', () => {
  const environment = { TANDEM_PORT: '70000', TANDEM_STRICT: 'yes', TANDEM_LISTEN: 'localhost' }
  const parse = () => parseEnvironment(schema, environment)
  expect(parse).toThrow(SettingsError)
  expect(parse).toThrow(
    'TANDEM_PORT is 70000: expected an integer from 0 to 65535; TANDEM_STRICT is "yes": expected one of "0", "1"; ' +
      'TANDEM_LISTEN is "localhost": expected host:port, e.g. 127.0.0.1:7001 or [::1]:7001',
  )
})

test.each(['1', '8080.5', 'x:99999999', '[::1]', ':80', 'a:b:1'])('refuses to listen on %s', (listen) => {
  expect(listenSchema.safeParse(listen).success).toBe(false)
})
