import type { Context } from '../context.js'
import { findHome } from '../home.js'

/**
 * Creates a context for a test: no environment, and no end.
 * @param home the folder of TANDEM_HOME
 * @param write takes what is printed, notices and answers alike
 */
export function createTestContext(home: string, write: (text: string) => unknown = () => undefined): Context {
  const output = { write }
  return {
    home: findHome({ TANDEM_HOME: home }),
    environment: {},
    output,
    answers: output,
    findModule: String,
    isVerbose: false,
    signal: new AbortController().signal,
  }
}
