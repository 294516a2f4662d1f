import { expect, it } from 'vitest'
import { median } from '../measure/statistics.js'
import { medianRun, readProfile } from './operator-times.js'

const node = (op_name: string, ts: number, dur: number, shape: number[] = [1, 8]) => ({
  cat: 'Node',
  name: `${op_name}_${ts}_kernel_time`,
  ts,
  dur,
  args: { op_name, output_type_shape: [{ float: shape }] },
})
const run = (ts: number, dur: number) => ({ cat: 'Session', name: 'model_run', ts, dur, args: {} })
const session = { cat: 'Session', name: 'session_initialization', ts: 0, dur: 50, args: {} }

it('sums operators by kind and run, and replaces an operator with its own graph by the operators of that graph', () => {
  const events = [
    session,
    node('MatMul', 101, 20),
    node('MatMul', 122, 30),
    node('Add', 162, 6),
    node('If', 160, 10),
    node('MatMulNBits', 171, 25, [1, 100]),
    run(100, 100),
    node('Add', 301, 4),
    run(300, 10),
  ]
  expect(readProfile(JSON.stringify(events), 100)).toEqual([
    {
      ms: 0.1,
      operators: [
        { kind: 'MatMul', count: 2, ms: 0.05 },
        { kind: 'MatMulNBits, output layer', count: 1, ms: 0.025 },
        { kind: 'Add', count: 1, ms: 0.006 },
      ],
    },
    { ms: 0.01, operators: [{ kind: 'Add', count: 1, ms: 0.004 }] },
  ])
})

it('computes medians per kind', () => {
  const of = (ms: number, kind = 'Add') => ({ ms, operators: [{ kind, count: 1, ms }] })
  expect(medianRun([of(1), of(5), of(2)], median)).toEqual(of(2))
  expect(medianRun([of(1), of(5), of(2, 'Mul')], median).operators).toEqual([
    { kind: 'Add', count: 1, ms: 1 },
    { kind: 'Mul', count: 0, ms: 0 },
  ])
})

it('refuses a text that is not a profile', () => {
  expect(() => readProfile('{}', 100)).toThrow()
})
