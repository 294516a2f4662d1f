import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { ClientAnswer, ClientOrder } from './client.js'
import type { Kubernetes } from './kubernetes.js'

/** A load that runs until it is stopped. */
export interface RunningLoad {
  /** The answers so far. */
  readonly answers: readonly ClientAnswer[]
  /** Sends no more requests, waits for the answers, and returns all. */
  stop(): Promise<readonly ClientAnswer[]>
}

/** What a client pod is made of. */
export interface ClientPodOptions {
  /** An image with Node. */
  readonly image: string
  readonly url: string
  readonly key: string
}

const name = 'test-client'
const readyLimitS = 120
const stopLimitMs = 400_000
const shownCharacters = 2_000

/** A pod beside the release, from which requests are sent as a user's pod sends them. */
export class ClientPod {
  private constructor(
    private readonly kubernetes: Kubernetes,
    private readonly options: ClientPodOptions,
    private readonly script: string,
  ) {}

  /** Creates the pod and waits until it runs. */
  static async create(kubernetes: Kubernetes, options: ClientPodOptions): Promise<ClientPod> {
    await kubernetes.kubectl(['apply', '--filename', '-'], { input: JSON.stringify(manifest(options.image)) })
    await kubernetes.kubectl(['wait', '--for=condition=Ready', `pod/${name}`, `--timeout=${readyLimitS}s`])
    const script = await readFile(new URL('client.js', import.meta.url), 'utf8')
    return new ClientPod(kubernetes, options, script)
  }

  /** Sends each body once, some at a time. */
  async ask(bodies: readonly object[], clients: number): Promise<readonly ClientAnswer[]> {
    const run = new ClientRun(this.start({ bodies, clients, isOnce: true }))
    return run.end()
  }

  /** Sends the bodies in turn until the load is stopped. */
  startLoad(bodies: readonly object[], clients: number): RunningLoad {
    const run = new ClientRun(this.start({ bodies, clients, isOnce: false }))
    return { answers: run.answers, stop: () => run.end() }
  }

  /** Runs a program of Node in the pod. @returns its output */
  evaluate(source: string): Promise<string> {
    return this.kubernetes.kubectl(['exec', name, '--', 'node', '--input-type=module', '--eval', source])
  }

  async remove(): Promise<void> {
    await this.kubernetes.kubectl(['delete', 'pod', name, '--ignore-not-found', '--grace-period=1'])
  }

  private start(order: Omit<ClientOrder, 'url' | 'key'>): ChildProcess {
    const { url, key } = this.options
    const all: ClientOrder = { url, key, ...order }
    const node = ['node', '--input-type=module', '--eval', this.script, '--', JSON.stringify(all)]
    const [program = '', ...args] = this.kubernetes.commandLine('kubectl', ['exec', '--stdin', name, '--', ...node])
    return spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'], signal: this.kubernetes.options.signal })
  }
}

/** A client program that runs in the pod. */
class ClientRun {
  readonly answers: ClientAnswer[] = []
  private readonly closed: Promise<number | null>
  private rest = ''
  private errors = ''

  constructor(private readonly child: ChildProcess) {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.read(text))
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.errors = (this.errors + text).slice(-shownCharacters)
    })
    this.closed = once(child, 'close').then(([code]) => code as number | null)
    // `end` reports it.
    this.closed.catch(() => undefined)
  }

  /** Ends the program's standard input and waits until it has ended. @throws Error if it failed */
  async end(): Promise<readonly ClientAnswer[]> {
    this.child.stdin?.end()
    const timer = setTimeout(() => this.child.kill('SIGKILL'), stopLimitMs)
    const code = await this.closed.finally(() => clearTimeout(timer))
    if (code !== 0) throw new Error(`the client in the pod ended with ${code}: ${this.errors}`)
    return this.answers
  }

  private read(text: string): void {
    const lines = (this.rest + text).split('\n')
    this.rest = lines.pop() ?? ''
    for (const line of lines) this.answers.push(JSON.parse(line) as ClientAnswer)
  }
}

const manifest = (image: string): object => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name },
  spec: {
    restartPolicy: 'Never',
    automountServiceAccountToken: false,
    securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'client',
        image,
        imagePullPolicy: 'IfNotPresent',
        command: ['node', '--eval', 'process.on("SIGTERM", () => process.exit()); setInterval(() => {}, 1000)'],
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      },
    ],
  },
})
