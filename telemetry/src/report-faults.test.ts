import { Writable } from 'node:stream'
import { diag } from '@opentelemetry/api'
import { globalErrorHandler } from '@opentelemetry/core'
import pino from 'pino'
import { beforeEach, expect, it } from 'vitest'
import { reportFaults } from './report-faults.js'

let lines: { level: number; msg: string }[]
beforeEach(() => {
  lines = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      lines.push(JSON.parse(String(chunk)))
      done()
    },
  })
  reportFaults(pino({ level: 'trace' }, stream))
})
const { warn, debug } = pino.levels.values
const logged = () => lines.map(({ level, msg }) => [level, msg])

it('logs the first fault as a warning and the others at debug', () => {
  diag.warn('Dropped 3 spans')
  globalErrorHandler(new Error('connect ECONNREFUSED 127.0.0.1:4318'))
  diag.error('bad')
  globalErrorHandler(new Error('again'))
  expect(logged()).toEqual([
    [debug, 'OpenTelemetry: Dropped 3 spans'],
    [
      warn,
      'telemetry is not exported: connect ECONNREFUSED 127.0.0.1:4318. ' +
        'Answers are not affected; further faults of telemetry are logged at debug',
    ],
    [debug, 'telemetry is not exported: bad'],
    [debug, 'telemetry is not exported: again'],
  ])
})

it('describes whatever is thrown', () => {
  const circular: Record<string, unknown> = { a: 1 }
  circular.self = circular
  const noMessage = Object.assign(new Error(''), { code: 'ETIMEDOUT' })
  for (const fault of [new RangeError(''), noMessage, 'text', circular, undefined]) globalErrorHandler(fault as Error)
  expect(lines.map(({ msg }) => msg.replace('telemetry is not exported: ', ''))).toEqual([
    expect.stringMatching(/^RangeError\. /),
    'ETIMEDOUT',
    'text',
    '<ref *1> { a: 1, self: [Circular *1] }',
    'undefined',
  ])
})
