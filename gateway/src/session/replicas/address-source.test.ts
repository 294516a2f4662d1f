import type { Resolve } from '@tandem/process'
import { afterEach, expect, test } from 'vitest'
import { AddressSource } from './address-source.js'

let source: AddressSource
afterEach(() => source.close())

/** Starts a source. Each lookup takes the next answer; the last one repeats. */
function start(addresses: readonly string[], ...answers: (readonly string[] | Error)[]) {
  const seen: string[][] = []
  let lookups = 0
  const resolve: Resolve = async () => {
    const answer = answers[Math.min(lookups++, answers.length - 1)] ?? []
    if (answer instanceof Error) throw answer
    return answer
  }
  const onChange = (places: readonly { address: string }[]) => void seen.push(places.map(({ address }) => address))
  source = new AddressSource(addresses, { resolveMs: 1, resolve, onChange })
  source.start()
  return { seen, lookups: () => lookups }
}

test('fixed addresses are known at once and never looked up', () => {
  const { seen, lookups } = start(['10.0.0.1:1', '[::1]:2', '10.0.0.1:1'])
  expect([seen, lookups()]).toEqual([[['10.0.0.1:1', '[::1]:2']], 0])
})

test('a name is looked up again and again, and only changes are told', async () => {
  const { seen } = start(['10.0.0.9:1', 'sft:1'], ['10.0.0.1'], ['10.0.0.1'], ['10.0.0.2', '10.0.0.1'], ['10.0.0.2'])
  await expect.poll(() => seen).toHaveLength(4)
  expect(seen.map((places) => places.slice().sort())).toEqual([
    ['10.0.0.9:1'],
    ['10.0.0.1:1', '10.0.0.9:1'],
    ['10.0.0.1:1', '10.0.0.2:1', '10.0.0.9:1'],
    ['10.0.0.2:1', '10.0.0.9:1'],
  ])
})

test('an error and an empty answer keep the last known addresses', async () => {
  const { seen, lookups } = start(['sft:1'], ['10.0.0.1'], new Error('ENOTFOUND'), [])
  await expect.poll(lookups).toBeGreaterThan(3)
  expect(seen).toEqual([['10.0.0.1:1']])
  expect(source.faults).toEqual(['the host sft cannot be resolved: it has no address'])
})

test('a name that resolves late is no fault any more', async () => {
  const { seen } = start(['sft:1'], new Error('ENOTFOUND'), ['10.0.0.1'])
  await expect.poll(() => seen).toEqual([['10.0.0.1:1']])
  expect(source.faults).toEqual([])
})

test('the resolver of the system knows localhost as one replica', async () => {
  const seen: string[] = []
  source = new AddressSource(['localhost:7'], {
    resolveMs: 60_000,
    onChange: (places) => seen.push(...places.map(({ address }) => address)),
  })
  source.start()
  await expect.poll(() => seen).toEqual(['localhost:7'])
})
