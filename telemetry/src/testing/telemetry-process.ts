import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/**
 * The program of the process: it starts telemetry, records as many spans as it is told, and stops
 * when it is told. It runs what `npm run build` made, because Node runs no TypeScript.
 */
const program = `
  import pino from 'pino'
  import { startTelemetry } from '${new URL('../../dist/index.js', import.meta.url)}'
  const log = pino({ level: 'debug' }, pino.destination({ fd: 1, sync: true }))
  const telemetry = await startTelemetry({ serviceName: 'tandem-test', startsTraces: true, log })
  process.on('message', async ({ record }) => {
    for (let i = 0; i < record; i++) telemetry.tracer.startSpan('token').end()
    if (record === 0) await telemetry.stop()
    process.send('done')
  })
  process.send({ metricsUrl: telemetry.metricsUrl })
`

/** A process with telemetry. */
export interface TelemetryProcess {
  /** Where it serves its metrics; null if it does not. */
  readonly metricsUrl: string | null
  /** Records spans. */
  record(spans: number): Promise<void>
  /** Stops the telemetry; resolves when it has stopped. */
  stopTelemetry(): Promise<void>
  /** Returns the lines of its log. */
  lines(): readonly { readonly level: number; readonly msg: string }[]
  /** Ends the process. */
  kill(): Promise<void>
}

/**
 * Starts a process with telemetry.
 * @throws Error with its stderr if it does not start
 */
export async function startTelemetryProcess(environment: NodeJS.ProcessEnv): Promise<TelemetryProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { PATH: process.env.PATH, ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let [output, errors] = ['', '']
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  const [message] = await Promise.race([once(child, 'message'), once(child, 'exit')])
  if (typeof message !== 'object' || message === null) throw new Error(`the process ended: ${errors}`)
  const { metricsUrl } = message as { metricsUrl: string | null }
  return {
    metricsUrl,
    record: (spans) => tell(child, spans),
    stopTelemetry: () => tell(child, 0),
    lines: () => output.split('\n').flatMap((line) => (line ? [JSON.parse(line)] : [])),
    kill: () => end(child),
  }
}

async function tell(child: ChildProcess, record: number): Promise<void> {
  const done = once(child, 'message')
  child.send({ record })
  await done
}

async function end(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit')
  child.kill('SIGKILL')
  await exited
}
