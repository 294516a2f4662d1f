import type { Context } from 'hono'
import { noLimits } from '../access/key-limits.js'
import { type KeyRequest, KeyUsage } from '../access/key-usage.js'
import type { AppEnvironment } from './dependencies.js'

/**
 * Counts a request that runs models for its API key, before its body is read. Without keys there
 * are no limits per key.
 * @throws LimitError
 */
export const startRequest = (context: Context<AppEnvironment>): KeyRequest =>
  (context.get('key')?.usage ?? new KeyUsage(noLimits)).start()
