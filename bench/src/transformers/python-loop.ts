import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { withTimeout } from '@tandem/process'
import { z } from 'zod'
import type { Bench } from '../case.js'
import type { Arrival } from '../client/decode-timing.js'

/** The path is right both from src/ and from dist/. */
const scriptPath = fileURLToPath(new URL('../../src/transformers/loop.py', import.meta.url))
/** Time limit of a load and of an answer. */
const limitMs = 300_000
const keptCharacters = 2_000

const readySchema = z.object({ ready: z.string() })
const answerSchema = z.object({ token_ids: z.array(z.number()), ms: z.array(z.number()) })

/** The arguments of the Python loop. */
export interface PythonOptions {
  /** The Python of the virtual environment. */
  readonly python: string
  readonly gguf: string
  readonly adapter: string
  readonly threads: number
}

/** The plain loop in a Python process. It runs one request at a time. */
export class PythonLoop {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly lastOutput: () => Promise<string>,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Starts the process, runs `work` and ends the process.
   * @param work is called with the loop and the versions of its packages
   */
  static async with<T>(
    { python, gguf, adapter, threads }: PythonOptions,
    { context }: Pick<Bench, 'context'>,
    work: (loop: PythonLoop, versions: string) => Promise<T>,
  ): Promise<T> {
    const env = { ...context.environment, HF_HUB_OFFLINE: '1', TRANSFORMERS_VERBOSITY: 'error' }
    const args = [scriptPath, gguf, adapter, String(threads)]
    const child = spawn(python, args, { env, stdio: ['pipe', 'pipe', 'pipe'] })
    const ended = once(child, 'close')
    let errors = ''
    child.stderr.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(-keptCharacters)
      if (context.isVerbose) context.output.write(chunk.toString())
    })
    // The end of its output already reports a process that has ended.
    child.stdin.on('error', () => undefined)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const loop = new PythonLoop(child, lines, () => ended.then(() => errors), context.signal)
    try {
      const { ready } = readySchema.parse(await loop.nextLine())
      return await work(loop, ready)
    } finally {
      child.kill('SIGKILL')
      await ended
    }
  }

  /** Requests an answer of AAD. Returns its tokens and the time of each. */
  async decode(
    promptIds: readonly number[],
    maxTokens: number,
    alpha: number,
  ): Promise<{ tokenIds: number[]; arrivals: Arrival[] }> {
    this.child.stdin?.write(`${JSON.stringify({ prompt_ids: promptIds, max_tokens: maxTokens, alpha })}\n`)
    const { token_ids: tokenIds, ms } = answerSchema.parse(await this.nextLine())
    return { tokenIds, arrivals: ms.map((atMs) => ({ atMs, tokens: 1 })) }
  }

  private async nextLine(): Promise<unknown> {
    const signal = withTimeout(limitMs, this.signal)
    signal.throwIfAborted()
    const aborted = once(signal, 'abort').then((): never => {
      throw signal.reason
    })
    const { value, done } = await Promise.race([this.lines.next(), aborted])
    if (done) throw new Error(`the Python loop has ended. It printed:\n${await this.lastOutput()}`)
    return JSON.parse(value)
  }
}
