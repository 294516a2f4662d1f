import { fork } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import { SoakSeries, verdictTable } from './series.js'

const children: ReturnType<typeof fork>[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

/** Starts a process that does nothing, and returns its id. */
async function start(): Promise<number> {
  const child = fork('-', { execArgv: ['--eval', 'process.send(1); setInterval(() => undefined, 1000)'], silent: true })
  children.push(child)
  await once(child, 'message')
  return child.pid ?? -1
}

/** Samples a process every 5 seconds of the soak, from one time until another. */
async function sample(series: SoakSeries, pid: number, from: number, to: number): Promise<void> {
  for (let at = from; at < to; at += 5) await series.sample(at, [{ name: 'dpo', pid }], 0)
}

const memory = (series: SoakSeries) => series.verdicts(0).find(({ measure }) => measure === 'rssMiB')

test('the memory of a process is judged if it lived long enough', async () => {
  const series = new SoakSeries()
  await sample(series, await start(), 0, 300)
  expect(memory(series)).toMatchObject({ of: 'dpo', samples: 9, isJudged: true, isFlat: true })
  expect(verdictTable(series.verdicts(0))).toMatch(/\| dpo \| rssMiB \| 9 \| .* \| yes \|/)
})

test('processes that followed one another are not one series of memory', async () => {
  const series = new SoakSeries()
  const [first, second] = [await start(), await start()]
  await sample(series, first, 0, 150)
  await sample(series, second, 150, 320)
  // The first 30 seconds of a process do not count: 28 of its 34 samples are left, in groups of 6.
  expect(memory(series)).toMatchObject({ samples: 5, isJudged: false })
  // Handles of both are one series.
  expect(series.verdicts(0).find(({ measure }) => measure === 'handles')).toMatchObject({ samples: 52, isJudged: true })
})
