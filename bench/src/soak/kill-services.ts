import { setTimeout as delay } from 'node:timers/promises'
import type { TandemUp } from '@tandem/test'
import { createRandom, drawInterval } from '../measure/random.js'
import { findProcesses } from './stack-processes.js'

/** Kills of services during a soak. */
export interface KillOptions {
  readonly up: TandemUp
  /** Mean time between two kills, in seconds. 0: no kills. */
  readonly killEvery: number
  readonly seed: number
  /** Called with the name of each service that was killed. */
  readonly onKill: (name: string) => void
  /** Ends the kills. */
  readonly signal: AbortSignal
}

/** Kills a random service at random times, until the signal aborts. Never rejects. */
export async function killServices({ up, killEvery, seed, onKill, signal }: KillOptions): Promise<void> {
  if (killEvery === 0) return
  const random = createRandom(seed)
  for (;;) {
    await delay(drawInterval(random, 1 / killEvery), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) return
    const services = (await findProcesses(up)).filter(({ name }) => name !== 'gateway')
    const victim = services[Math.floor(random() * services.length)]
    if (victim === undefined) continue
    process.kill(victim.pid, 'SIGKILL')
    onKill(victim.name)
  }
}
