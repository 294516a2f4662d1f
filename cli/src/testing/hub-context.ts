import { join } from 'node:path'
import type { Context } from '../context.js'
import { findHome } from '../home.js'
import type { HubServer } from './hub-server.js'

/**
 * A command's context whose cache and whose Hugging Face home lie below a test's folder, and whose hub is the test's own.
 * @param write what becomes of all that is written
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
