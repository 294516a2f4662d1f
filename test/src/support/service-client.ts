import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { credentials } from '@grpc/grpc-js'
import {
  channelOptions,
  emptyPrefixHash,
  extendPrefixHash,
  LogitService,
  type LogitServiceClient,
  type StepRequest,
  type StepResponse__Output,
  type StepResult__Output,
  toFloat32Array,
} from '@tandem/proto'
import { repositoryFolder } from './fixtures.js'
import { logSumExp } from './log-probabilities.js'
import { readyAddress } from './stack.js'

/** A logit service process and a client of it. */
export class ServiceClient {
  /** Sessions that steps have named since the last `closeSessions`. */
  private readonly sessions = new Set<string>()

  private constructor(
    readonly process: ChildProcess,
    private readonly client: LogitServiceClient,
  ) {}

  static async start(model: string, env: Record<string, string> = {}): Promise<ServiceClient> {
    const script = 'services/dist/logit/main.js'
    const child = fork(join(repositoryFolder, script), {
      env: {
        ...process.env,
        TANDEM_MODEL: model,
        TANDEM_ROLE: 'dpo',
        TANDEM_LISTEN: '127.0.0.1:0',
        TANDEM_THREADS: '1',
        TANDEM_LOG_LEVEL: 'warn',
        ...env,
      },
      execArgv: [],
      stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    })
    const address = await readyAddress(child, script)
    return new ServiceClient(child, new LogitService(address, credentials.createInsecure(), channelOptions))
  }

  step(request: StepRequest): Promise<StepResponse__Output> {
    for (const { sessionId } of request.steps ?? []) if (sessionId) this.sessions.add(sessionId)
    return new Promise((resolve, reject) =>
      this.client.Step(request, { deadline: Date.now() + 360_000 }, (error, response) =>
        response ? resolve(response) : reject(error),
      ),
    )
  }

  /**
   * Appends `ids` from `position` on to a session and reads the full row of each.
   * @returns float32 [ids - position, V]
   * @throws Error with the code and the message of the service
   */
  async append(session: string, ids: readonly number[], position: number): Promise<Float32Array> {
    const { results, error } = await this.step({ steps: [fullStep(session, ids, position)] })
    if (error) throw new Error(`${error.code}: ${error.message}`)
    return rowsOf(results[0])
  }

  /**
   * Closes the sessions of all steps, so that the next ones get their places at once. Otherwise
   * they wait until those have been idle for a second.
   */
  async closeSessions(): Promise<void> {
    await this.step({ closeSessionIds: [...this.sessions] })
    this.sessions.clear()
  }

  async stop(): Promise<void> {
    this.client.close()
    const exited = once(this.process, 'exit')
    if (this.process.exitCode !== null) return
    this.process.kill('SIGTERM')
    await exited
  }
}

/** Returns a step that appends `ids` from `position` on and reads full rows. */
export function fullStep(session: string, ids: readonly number[], position: number) {
  return {
    sessionId: session,
    position,
    prefixHash: extendPrefixHash(emptyPrefixHash, ids.slice(0, position)).toString(),
    tokenIds: ids.slice(position),
    rows: 'ROWS_ALL' as const,
    readouts: [{ full: {} }],
  }
}

/**
 * Returns the rows of a result.
 * @throws Error if the step failed, or if a log-sum-exp does not match its logits
 */
export function rowsOf(result: StepResult__Output | undefined): Float32Array {
  if (!result) throw new Error('the service returned no result')
  if (result.error) throw new Error(`${result.error.code}: ${result.error.message}`)
  const rows = result.rows.map((row) => {
    const logits = toFloat32Array(row.scores[0]?.logits ?? new Uint8Array())
    const exact = logSumExp(logits)
    if (!(Math.abs(row.logSumExp - exact) < 1e-5)) throw new Error(`log-sum-exp ${row.logSumExp}, expected ${exact}`)
    return logits
  })
  const all = new Float32Array(rows.reduce((sum, row) => sum + row.length, 0))
  let offset = 0
  for (const row of rows) {
    all.set(row, offset)
    offset += row.length
  }
  return all
}
