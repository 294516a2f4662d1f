import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { type Context, mallocEnvironment, pullWeights } from '@tandem/cli'
import { defaultPairName, findPair } from '@tandem/models'
import type { LruPool, Opened } from '../lru-pool.js'
import { installLlama } from './install.js'
import type { LlamaAnswer, LlamaCommand } from './messages.js'

const mainPath = fileURLToPath(new URL('./llama-main.js', import.meta.url))

/** llama.cpp in its own process. It runs one command at a time. */
export class LlamaEngine {
  private constructor(
    private readonly child: ChildProcess,
    private readonly signal: AbortSignal,
  ) {}

  /**
   * Runs `work` on llama.cpp with the GGUF file of the embedded pair. Other cases can share the
   * process.
   * @throws Unavailable if node-llama-cpp cannot be installed
   */
  static with<T>(
    { context, shared }: { readonly context: Context; readonly shared: { readonly llamas: LruPool<LlamaEngine> } },
    launcher: readonly string[],
    work: (engine: LlamaEngine) => Promise<T>,
  ): Promise<T> {
    return shared.llamas.use(launcher.join(' '), () => LlamaEngine.open(context, launcher), work)
  }

  private static async open(context: Context, launcher: readonly string[]): Promise<Opened<LlamaEngine>> {
    const modulePath = await installLlama(context)
    const gguf = await pullWeights(findPair(defaultPairName), context)
    const [execPath = process.execPath, ...execArgv] = [...launcher, process.execPath]
    const child = fork(mainPath, [modulePath, gguf], {
      // The same setting as in the services. It makes a decode step of llama.cpp 5 to 9% faster.
      env: { ...mallocEnvironment, ...context.environment },
      execPath,
      execArgv: launcher.length === 0 ? [] : execArgv,
      stdio: ['ignore', 'ignore', context.isVerbose ? 'inherit' : 'ignore', 'ipc'],
      detached: process.platform !== 'win32',
    })
    const ended = once(child, 'exit')
    const close = async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await ended
    }
    try {
      const value = new LlamaEngine(child, context.signal)
      await value.nextAnswer()
      return { value, close }
    } catch (error) {
      await close()
      throw error
    }
  }

  get pid(): number {
    return this.child.pid ?? -1
  }

  /**
   * Runs a command.
   * @returns milliseconds, one value per step or one value for a prompt
   */
  async run(command: LlamaCommand): Promise<readonly number[]> {
    const answered = this.nextAnswer()
    this.child.send(command)
    const answer = await answered
    if (answer.type === 'done') return answer.ms
    throw new Error(`llama.cpp: ${answer.type === 'failed' ? answer.message : 'sent an unexpected message'}`)
  }

  private nextAnswer(): Promise<LlamaAnswer> {
    this.signal.throwIfAborted()
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.child.off('message', answered).off('exit', exited).off('error', failed)
        this.signal.removeEventListener('abort', aborted)
      }
      const answered = (message: LlamaAnswer) => {
        settle()
        resolve(message)
      }
      const failed = (error: Error) => {
        settle()
        reject(error)
      }
      const exited = (code: number | null) => failed(new Error(`llama.cpp's process has ended (exit code ${code})`))
      const aborted = () => failed(this.signal.reason as Error)
      this.child.once('message', answered).once('exit', exited).once('error', failed)
      this.signal.addEventListener('abort', aborted, { once: true })
    })
  }
}
