import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import type { Bench } from '../case.js'
import type { Arrival } from '../client/decode-timing.js'

/** The same file from src/ and from dist/. */
const scriptPath = fileURLToPath(new URL('../../src/transformers/loop.py', import.meta.url))
/** Of a load, and of an answer. */
const limitMs = 300_000
const keptWords = 2_000

const readySchema = z.object({ ready: z.string() })
const answerSchema = z.object({ token_ids: z.array(z.number()), ms: z.array(z.number()) })

export interface PythonOptions {
  /** Of the virtual environment. */
  readonly python: string
  readonly gguf: string
  readonly adapter: string
  readonly threads: number
}

/** The plain loop in a Python process. One request at a time. */
export class PythonLoop {
  private constructor(
    private readonly child: ChildProcess,
    private readonly lines: AsyncIterator<string>,
    private readonly lastWords: () => Promise<string>,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Runs it for as long as `work` takes.
   * @param work is also given the versions of its packages
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
    let words = ''
    child.stderr.on('data', (chunk: Buffer) => {
      words = (words + chunk.toString()).slice(-keptWords)
      if (context.isVerbose) context.output.write(chunk.toString())
    })
    // A process that has ended is told by the end of its lines.
    child.stdin.on('error', () => undefined)
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
    const loop = new PythonLoop(child, lines, () => ended.then(() => words), context.signal)
    try {
      const { ready } = readySchema.parse(await loop.nextLine())
      return await work(loop, ready)
    } finally {
      child.kill('SIGKILL')
      await ended
    }
  }

  /** An answer of AAD, and when each of its tokens was there. */
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
    const signal = AbortSignal.any([this.signal, AbortSignal.timeout(limitMs)])
    signal.throwIfAborted()
    const aborted = once(signal, 'abort').then((): never => {
      throw signal.reason
    })
    const { value, done } = await Promise.race([this.lines.next(), aborted])
    if (done) throw new Error(`the Python loop has ended. It said:\n${await this.lastWords()}`)
    return JSON.parse(value)
  }
}
