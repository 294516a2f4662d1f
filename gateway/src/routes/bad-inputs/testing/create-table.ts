import type { BadInput } from './bad-input.js'
import { findFaults } from './find-faults.js'
import { GuardedServer, type ServerChanges } from './guarded-server.js'

/** The functions of Vitest that a table needs. */
export interface Runner {
  beforeAll(start: () => Promise<void>): void
  afterAll(stop: () => void): void
  readonly test: { each(rows: (readonly [string, BadInput])[]): (name: string, run: Run) => void }
}
type Run = (name: string, input: BadInput) => Promise<void>

/**
 * Starts a gateway behind a socket, for the tests of this file or `describe`. It has API keys with
 * limits, and two toy services of each model. Titles of tests begin with the class of the input, B1
 * to B20: `npx vitest list gateway/src/routes/bad-inputs` shows them.
 * @returns a function that creates a test for each request: it checks the answer, that the
 *   server still works, and that no replica keeps a session
 */
export function createTable({ beforeAll, afterAll, test }: Runner, changes: ServerChanges = {}) {
  let server: GuardedServer
  beforeAll(async () => {
    server = await GuardedServer.start(changes)
  })
  afterAll(() => server.stop())
  return (inputs: readonly BadInput[]): void =>
    test.each(inputs.map((input) => [nameOf(input), input]))('%s', async (_, input) => {
      const faults = await findFaults(server, input)
      if (faults.length > 0) throw new Error(faults.join('\n'))
    })
}

function nameOf(input: BadInput): string {
  const { name, status, param, code, message, contains, ...request } = input
  return (name ?? JSON.stringify(request.fields ?? request)).slice(0, 100)
}
