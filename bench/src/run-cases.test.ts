import type { Context } from '@tandem/cli'
import { expect, it } from 'vitest'
import type { Case } from './case.js'
import { GatewayClient } from './client/gateway-client.js'
import type { Form, Measure } from './measure/measure.js'
import { keyOf, type Result } from './measure/result.js'
import { runCases } from './run-cases.js'
import { longSettings, type Settings, shortSettings } from './settings.js'
import { Unavailable } from './unavailable.js'

const addresses = { sft: '', dpo: '', models: {}, rewards: {} }
const estimate = { value: 1, low: 1, high: 1 }
const measure = (key: string): Measure => ({ key, what: key, unit: 'ratio', target: { atLeast: 1 } })

const works: Case = {
  name: 'P1',
  measures: [measure('P1'), { ...measure('P1-plain'), target: null }],
  forms: ['default', 'fast'],
  run: async ({ form }) => ({ P1: { estimate, notes: [form] } }),
}
const asksMoreOfFast: Case = {
  ...works,
  name: 'P5',
  measures: [{ ...measure('P5'), fastTarget: { atLeast: 2 } }],
  run: async () => ({ P5: { estimate, notes: [] } }),
}
const lacks: Case = {
  ...works,
  name: 'P7',
  measures: [measure('P7')],
  forms: ['default'],
  run: () => {
    throw new Unavailable('taskset is missing')
  },
}
const breaks: Case = { ...lacks, run: () => Promise.reject(new Error('the gateway answered 500')) }

function run(cases: Case[], settings: Settings, signal = new AbortController().signal, forms?: Form[]) {
  const seen: Result[] = []
  const context = { signal, output: { write: () => true } } as unknown as Context
  const outcome = runCases({
    cases,
    forms: forms ?? ['default', 'fast'],
    settings,
    cores: [],
    context,
    pairOf: async () => ({
      name: 'pair',
      sft: 'sft',
      dpo: 'dpo',
      isPaired: false,
      adapterBase: null,
      endTokens: [],
      demo: [],
    }),
    onResult: (result) => seen.push(result),
  })
  return outcome.then((found) => ({ ...found, seen }))
}

it('has a row for each number of each form, also if it was not measured', async () => {
  const { results, failures, seen } = await run([works], longSettings)
  expect(results.map(keyOf)).toEqual(['P1', 'P1-plain', 'P1-fast', 'P1-plain-fast'])
  expect(results.map(({ type }) => type)).toEqual(['measured', 'missing', 'measured', 'missing'])
  expect(seen).toEqual(results)
  expect(failures).toEqual([])
})

it('measures the fast form in the short form only if it has its own target', async () => {
  const { results } = await run([works, asksMoreOfFast], shortSettings)
  expect(results.map(keyOf)).toEqual(['P1', 'P1-plain', 'P5', 'P5-fast'])
  expect((await run([works], longSettings, undefined, ['fast'])).results.map(keyOf)).toEqual([
    'P1-fast',
    'P1-plain-fast',
  ])
})

it('measures a named form in the short form', async () => {
  expect((await run([works], shortSettings, undefined, ['fast'])).results.map(keyOf)).toEqual([
    'P1-fast',
    'P1-plain-fast',
  ])
})

it('ends the shared processes, also if a case failed', async () => {
  const events: string[] = []
  const starts: Case = {
    ...works,
    forms: ['default'],
    run: ({ shared, context: { signal } }) => {
      const value = {
        gateway: new GatewayClient('http://h', 'm', signal),
        services: addresses,
        processes: [],
        metricsUrls: [],
      }
      const open = async () => {
        events.push('open')
        return { value, close: async () => void events.push('close') }
      }
      return shared.stacks.use('key', open, async () => ({ P1: { estimate, notes: [] } }))
    },
  }
  await run([starts, breaks, starts], longSettings)
  expect(events).toEqual(['open', 'close'])
})

it('continues after a case that cannot run and after a case that failed, and reports the failure', async () => {
  const { results, failures } = await run([lacks, breaks, asksMoreOfFast], longSettings)
  expect(results.map((result) => (result.type === 'missing' ? result.reason : keyOf(result)))).toEqual([
    'taskset is missing',
    'failed: the gateway answered 500',
    'P5',
    'P5-fast',
  ])
  expect(failures.map(({ message }) => message)).toEqual(['the gateway answered 500'])
})

it('stops on abort', async () => {
  const controller = new AbortController()
  const interrupts: Case = {
    ...lacks,
    run: () => {
      controller.abort(new Error('interrupted by SIGINT'))
      return Promise.reject(new Error('the request was cut off'))
    },
  }
  await expect(run([interrupts, works], longSettings, controller.signal)).rejects.toThrow('interrupted by SIGINT')
})
