import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { merge } from './merge.js'

async function* source(name: string, pauses: readonly number[], log: string[] = []): AsyncGenerator<string, void> {
  for (const [i, ms] of pauses.entries()) {
    log.push(`${name}${i} asked`)
    await delay(ms)
    yield `${name}${i}`
  }
}

test('yields values in order of arrival with the index of their source, and asks all sources at once', async () => {
  const log: string[] = []
  const merged = merge([source('a', [40, 1], log), source('b', [10, 10], log), source('c', [])])
  const found: (readonly [number, string])[] = []
  for await (const one of merged) found.push(one)
  expect(found).toEqual([
    [1, 'b0'],
    [1, 'b1'],
    [0, 'a0'],
    [0, 'a1'],
  ])
  expect(log.slice(0, 2)).toEqual(['a0 asked', 'b0 asked'])
})

test('asks a source for its next value only after the last one was consumed', async () => {
  const log: string[] = []
  const merged = merge([source('a', [0, 0], log)])
  await merged.next()
  await delay(5)
  expect(log).toEqual(['a0 asked'])
  await merged.next()
  expect(log).toEqual(['a0 asked', 'a1 asked'])
})

test('throws an error of a source in its place', async () => {
  async function* failing(): AsyncGenerator<string, void> {
    yield 'last words'
    throw new Error('gone')
  }
  const merged = merge([failing(), source('b', [1_000])])
  expect(await merged.next()).toEqual({ done: false, value: [0, 'last words'] })
  await expect(merged.next()).rejects.toThrow('gone')
})
