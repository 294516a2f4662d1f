import { setTimeout as delay } from 'node:timers/promises'
import { heldSessions } from '@tandem/test'

const settleLimitMs = 120_000
const retryMs = 50

/**
 * Waits until services hold no sessions.
 * @param services those to ask, at their addresses
 * @returns how many they still hold after a time
 */
export async function countLeaked(services: readonly { readonly address: string }[]): Promise<number> {
  const end = performance.now() + settleLimitMs
  for (;;) {
    const counts = await Promise.all(services.map(({ address }) => heldSessions(address)))
    const held = counts.reduce((sum, count) => sum + count, 0)
    if (held === 0 || performance.now() > end) return held
    await delay(retryMs)
  }
}
