import { expect, test } from 'vitest'
import { FairQueue } from './fair-queue.js'
import type { Work } from './tokenizer/work.js'

function* count(steps: number): Work<number> {
  for (let step = 0; step < steps; step++) yield
  return steps
}

/** A queue that notes the ids of tasks in the order in which they end. */
function createNotedQueue() {
  const queue = new FairQueue<number>()
  const ended: (number | string)[] = []
  const add = (id: number, work: Work<number>) =>
    queue.add({
      id,
      work,
      onEnd: (outcome) => ended.push(outcome.type === 'done' ? id : `${id}: ${String(outcome.error)}`),
    })
  const finish = () => {
    while (!queue.isEmpty) queue.takeTurn()
    return ended
  }
  return { queue, add, ended, finish }
}

test('a short task that comes late ends before long ones, and equal ones end in order', () => {
  const { queue, add, finish } = createNotedQueue()
  add(1, count(1_000))
  add(2, count(1_000))
  for (let turn = 0; turn < 20; turn++) queue.takeTurn()
  add(3, count(30))
  add(4, count(30))
  expect(finish()).toEqual([3, 4, 1, 2])
})

test('long tasks share the turns: the shorter one ends first, though it comes later', () => {
  const { add, finish } = createNotedQueue()
  add(1, count(900))
  add(2, count(600))
  add(3, count(300))
  expect(finish()).toEqual([3, 2, 1])
})

test('a short task waits for one turn at most', () => {
  const { queue, add, ended } = createNotedQueue()
  for (let id = 1; id <= 60; id++) add(id, count(1_000))
  for (let turn = 0; turn < 200; turn++) queue.takeTurn()
  add(61, count(3))
  queue.takeTurn()
  expect(ended).toEqual([61])
})

test('a flow of new tasks does not stop a long one', () => {
  const { queue, add, ended } = createNotedQueue()
  add(0, count(8 * 100))
  for (let turn = 0; turn < 90; turn++) queue.takeTurn()
  for (let id = 1; id <= 20 && !ended.includes(0); id++) {
    add(id, count(8 * 40))
    for (let turn = 0; turn < 40; turn++) queue.takeTurn()
  }
  expect(ended).toContain(0)
})

test('a task that throws ends, and the others go on', () => {
  const { add, finish } = createNotedQueue()
  add(1, count(50))
  add(
    2,
    (function* (): Work<number> {
      yield
      throw new Error('broken')
    })(),
  )
  expect(finish()).toEqual(['2: Error: broken', 1])
})

test('a removed task takes no more turns', () => {
  const { queue, add, finish } = createNotedQueue()
  let steps = 0
  add(
    1,
    (function* (): Work<number> {
      for (;;) {
        steps++
        yield
      }
    })(),
  )
  queue.takeTurn()
  queue.remove(1)
  queue.remove(5)
  const done = steps
  add(2, count(1))
  expect(finish()).toEqual([2])
  expect(steps).toBe(done)
})
