import { join } from 'node:path'
import type { Context } from '../context.js'
import type { HubServer } from './hub-server.js'
import { createTestContext } from './test-context.js'

/**
 * Creates a context with its cache and its Hugging Face home below a test's folder, and with the
 * test's own hub.
 * @param write receives all output
 */
export function createHubContext(
  folder: string,
  { url }: Pick<HubServer, 'url'>,
  write: (text: string) => void,
): Context {
  const environment = { HF_ENDPOINT: url, HF_HOME: join(folder, 'hf') }
  return { ...createTestContext(join(folder, 'home'), write), environment }
}
