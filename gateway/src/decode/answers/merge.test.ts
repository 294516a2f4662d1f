import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { merge } from './merge.js'

type Event = Promise<void> | undefined

/** Yields a value after each of the events. */
async function* source(name: string, events: readonly Event[], log: string[] = []): AsyncGenerator<string, void> {
  for (const [i, event] of events.entries()) {
    log.push(`${name}${i} asked`)
    await event
    yield `${name}${i}`
  }
}

test('yields values in order of arrival with the index of their source, and asks all sources at once', async () => {
  const log: string[] = []
  let goOn = () => {}
  const held = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const merged = merge([source('a', [held, undefined], log), source('b', [undefined, undefined], log), source('c', [])])
  const found: (readonly [number, string])[] = []
  for await (const one of merged) {
    found.push(one)
    if (one[1] === 'b1') goOn()
  }
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
  const merged = merge([source('a', [undefined, undefined], log)])
  await merged.next()
  for (let i = 0; i < 10; i++) await turn()
  expect(log).toEqual(['a0 asked'])
  await merged.next()
  expect(log).toEqual(['a0 asked', 'a1 asked'])
})

test('throws an error of a source in its place', async () => {
  async function* failing(): AsyncGenerator<string, void> {
    yield 'last words'
    throw new Error('gone')
  }
  const merged = merge([failing(), source('b', [new Promise(() => {})])])
  expect(await merged.next()).toEqual({ done: false, value: [0, 'last words'] })
  await expect(merged.next()).rejects.toThrow('gone')
})
