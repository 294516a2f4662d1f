import type { ChildProcess } from 'node:child_process'
import { type PingMessage, processMessageSchema } from '@tandem/process'

/** How long a process may give no answer. */
export interface AnswerLimits {
  /** Time between two questions, in milliseconds. */
  readonly intervalMs: number
  /** Intervals in a row without an answer after which the process counts as hung. */
  readonly maxMissed: number
}

/** 30 s: no work in the main thread of our processes takes that long. */
export const answerLimits: AnswerLimits = { intervalMs: 10_000, maxMissed: 3 }

const ping: PingMessage = { type: 'ping' }

/**
 * Asks a process over IPC, again and again until it ends, whether it still runs.
 *
 * Intervals are counted, not time: if this process was stopped too, the answers of that time have
 * arrived before the next interval ends.
 * @param onHung called once if it has not answered for several intervals: it is stopped (SIGSTOP),
 * or its main thread is blocked
 */
export function watchAnswers(child: ChildProcess, onHung: () => void, limits = answerLimits): void {
  let missed = 0
  let isWaiting = false
  const ask = () => {
    missed = isWaiting ? missed + 1 : 0
    if (missed === limits.maxMissed) {
      clearInterval(timer)
      onHung()
    }
    // One question at a time: a process that does not read would collect them.
    if (isWaiting || !child.connected) return
    isWaiting = true
    child.send(ping, () => undefined)
  }
  const timer = setInterval(ask, limits.intervalMs).unref()
  child.on('message', (sent) => {
    if (processMessageSchema.safeParse(sent).data?.type === 'pong') isWaiting = false
  })
  child.once('exit', () => clearInterval(timer))
}
