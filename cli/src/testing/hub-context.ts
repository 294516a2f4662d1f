import { join } from 'node:path'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import type { HubServer } from './hub-server.js'

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
  return {
    home: findHome({ TANDEM_HOME: join(folder, 'home') }),
    environment: { HF_ENDPOINT: url, HF_HOME: join(folder, 'hf') },
    output: { write },
    answers: { write },
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
}
