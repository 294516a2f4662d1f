import { afterEach, expect, test } from 'vitest'
import { RepeatedTask } from './repeated-task.js'

let task: RepeatedTask
afterEach(() => task.close())

test('runs again after its interval, and never twice at once', async () => {
  let runs = 0
  let running = 0
  task = new RepeatedTask(async () => {
    expect(++running).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 2))
    running--
    runs++
  }, 1)
  task.runSoon()
  task.runSoon()
  await expect.poll(() => runs).toBeGreaterThan(3)
})

test('if it is asked for while it runs, it runs once more', async () => {
  let runs = 0
  let finish = () => {}
  task = new RepeatedTask(() => {
    runs++
    return new Promise((resolve) => {
      finish = resolve
    })
  }, 60_000)
  task.runSoon()
  await expect.poll(() => runs).toBe(1)
  task.runSoon()
  task.runSoon()
  finish()
  await expect.poll(() => runs).toBe(2)
  task.close()
  finish()
  task.runSoon()
  await new Promise((resolve) => setImmediate(resolve))
  expect(runs).toBe(2)
})
