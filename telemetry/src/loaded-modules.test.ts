import { loadedModules, pathsIn } from '@tandem/process/testing'
import { describe, expect, it } from 'vitest'

/** It runs what `npm run build` made, because Node runs no TypeScript. */
const program = `
  import pino from 'pino'
  import { startTelemetry } from '${new URL('../dist/index.js', import.meta.url)}'
  const log = pino({ level: 'silent' })
  const telemetry = await startTelemetry({ serviceName: 'tandem-test', startsTraces: true, log })
  await telemetry.stop()
  process.exit(0)
`
const sdk = 'node_modules/@opentelemetry/sdk-node'
const meters = 'node_modules/@opentelemetry/sdk-metrics'
const otlp = 'node_modules/@opentelemetry/exporter-metrics-otlp-proto'

const load = (environment: NodeJS.ProcessEnv) =>
  loadedModules(['--input-type=module', '--eval', program], { PATH: process.env.PATH, ...environment })

describe('what a process loads', () => {
  it('has only the meters, if nothing is exported', async () => {
    const paths = await load({})
    expect(pathsIn(paths, meters)).not.toEqual([])
    expect(pathsIn(paths, sdk, otlp)).toEqual([])
  })

  it('has one exporter, if metrics are exported and spans are not', async () => {
    const paths = await load({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1', OTEL_TRACES_EXPORTER: 'none' })
    expect(pathsIn(paths, otlp)).not.toEqual([])
    expect(pathsIn(paths, sdk)).toEqual([])
  })

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'http://127.0.0.1:1'],
    ['OTEL_PROPAGATORS', 'b3'],
    ['OTEL_NODE_RESOURCE_DETECTORS', 'os'],
  ])('has the whole SDK, if %s is %s', async (name, value) => {
    expect(pathsIn(await load({ [name]: value }), sdk)).not.toEqual([])
  })

  it('has nothing of OpenTelemetry, if OTEL_SDK_DISABLED is true', async () => {
    expect(pathsIn(await load({ OTEL_SDK_DISABLED: 'true' }), meters, sdk)).toEqual([])
  })
})
