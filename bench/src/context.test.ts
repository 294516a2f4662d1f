import { expect, it } from 'vitest'
import { plainEnvironment } from './context.js'

it('keeps the folder of the models and no other setting of Tandem or OpenTelemetry', () => {
  const environment = {
    PATH: '/bin',
    TANDEM_HOME: '/models',
    TANDEM_THREADS: '4',
    TANDEM_API_KEYS: 'key',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
  }
  expect(plainEnvironment(environment, false)).toEqual({
    PATH: '/bin',
    TANDEM_HOME: '/models',
    TANDEM_LOG_LEVEL: 'warn',
  })
})
