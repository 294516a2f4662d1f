import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Bench, Case } from '../case.js'
import { aadArm, GatewayClient } from '../client/gateway-client.js'
import { estimate, median } from '../measure/statistics.js'

const programPath = fileURLToPath(new URL('../../../cli/bin/tandem.js', import.meta.url))
const readyLine = /is ready at (http:\/\/\S+)/

/**
 * P10. The time from `tandem up` in the shell to the first token of a streamed answer. The pair is
 * pulled and built before. The request is sent as soon as the program reports that it is ready.
 */
export const start: Case = {
  name: 'P10',
  measures: [{ key: 'P10', what: 'warm `tandem up` to the first token', unit: 'seconds', target: { atMost: 10 } }],
  forms: ['default'],
  run: async (bench) => {
    const times = { ready: [] as number[], token: [] as number[] }
    for (let i = 0; i < bench.settings.starts; i++) {
      const { readyMs, tokenMs } = await startOnce(bench)
      times.ready.push(readyMs / 1000)
      times.token.push(tokenMs / 1000)
    }
    return { P10: { estimate: estimate(times.token), notes: [`ready after ${median(times.ready).toFixed(1)} s`] } }
  },
}

async function startOnce({ context, pair }: Bench): Promise<{ readyMs: number; tokenMs: number }> {
  const startMs = performance.now()
  const child = spawn(process.execPath, [programPath, 'up', '--port', '0'], {
    env: context.environment,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: process.platform !== 'win32',
  })
  const ended = once(child, 'exit')
  // If this program is killed, the other program still ends its own processes.
  const end = () => child.kill('SIGTERM')
  process.once('exit', end)
  try {
    const url = await readUrl(child, context.signal)
    const readyMs = performance.now() - startMs
    const gateway = new GatewayClient(url, pair.name, context.signal)
    const { arrivals } = await gateway.stream({ prompt: { messages: pair.demo }, arm: aadArm, maxTokens: 1 })
    return { readyMs, tokenMs: (arrivals[0]?.atMs ?? Number.NaN) - startMs }
  } finally {
    end()
    await ended
    process.off('exit', end)
  }
}

/**
 * Waits until the program is ready.
 * @throws Error if the program ends before
 */
function readUrl(child: ChildProcess, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    let text = ''
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString()
      const url = readyLine.exec(text)?.[1]
      if (url !== undefined) resolve(url)
    })
    child.once('exit', (code) => reject(new Error(`"tandem up" ended (exit code ${code}) before it was ready`)))
    child.once('error', reject)
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
