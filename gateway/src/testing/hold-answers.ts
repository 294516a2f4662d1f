import { onTestFinished } from 'vitest'
import type { ToyReward } from './toy-reward.js'
import type { ToyService } from './toy-service.js'

/** Answers of a toy that wait. */
export interface HeldAnswers {
  /** The number of answers that have begun to wait. */
  readonly count: number
  /** Sends them, and no longer holds others. */
  release(): void
}

/**
 * Holds the steps of a toy until they are released, at the latest at the end of the test.
 * @param after number of steps that are answered before
 */
export function holdSteps(toy: ToyService, { after = 0 } = {}): HeldAnswers {
  let answered = 0
  return hold((wait) => {
    toy.beforeStep = () => (answered++ < after ? undefined : wait())
  })
}

/** Holds the scores of a toy until they are released, at the latest at the end of the test. */
export function holdScores(toy: ToyReward): HeldAnswers {
  return hold((wait) => {
    toy.beforeScore = wait
  })
}

function hold(setWait: (wait: () => void | Promise<void>) => void): HeldAnswers {
  let count = 0
  let goOn = () => {}
  const isGoingOn = new Promise<void>((resolve) => {
    goOn = resolve
  })
  const release = () => {
    setWait(() => undefined)
    goOn()
  }
  setWait(() => {
    count++
    return isGoingOn
  })
  // A test that fails does not come to its own call.
  onTestFinished(release)
  return {
    get count() {
      return count
    },
    release,
  }
}
