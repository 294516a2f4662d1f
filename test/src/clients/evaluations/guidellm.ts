import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { tinyFolder } from '../../support/fixtures.js'
import { runProgram } from '../../support/run-program.js'
import { type Check, checkEqual } from './report.js'
import type { Server } from './server.js'

const limitMs = 300_000
const [requests, outputTokens] = [8, 12]

/** The part of guidellm's report that is checked. */
interface LoadReport {
  readonly benchmarks: readonly {
    readonly requests: {
      readonly successful: readonly { readonly output_metrics: { readonly total_tokens?: number | null } }[]
      readonly errored: readonly unknown[]
    }
    readonly metrics: Readonly<Record<string, { readonly successful: { readonly mean: number; readonly min: number } }>>
  }[]
}

/**
 * Measures both endpoints with guidellm, 2 streams at once.
 * @param python the program of an environment with guidellm
 */
export async function runGuidellm(python: string, server: Server): Promise<Check[]> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-guidellm-'))
  try {
    const checks: Check[] = []
    for (const format of ['/v1/completions', '/v1/chat/completions'])
      checks.push(...(await measure(python, server, format, folder)))
    return checks
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function measure(python: string, { url, key, model }: Server, format: string, folder: string): Promise<Check[]> {
  const path = join(folder, `${format.replaceAll('/', '-')}.json`)
  const options = {
    '--backend': { kind: 'openai_http', target: url, model, api_key: key, request_format: format },
    '--profile': { kind: 'concurrent', streams: [2] },
    '--constraint': { kind: 'max_requests', count: requests },
    '--tokenizer': { kind: 'huggingface_auto', model: tinyFolder('llama-tied') },
    '--data': { kind: 'synthetic_text', prompt_tokens: 24, output_tokens: outputTokens },
    '--output': { kind: 'json', path },
  }
  const args = Object.entries(options).flatMap(([name, value]) => [name, JSON.stringify(value)])
  const env = { HF_HUB_OFFLINE: '1', HF_DATASETS_OFFLINE: '1', HF_HOME: join(folder, 'hub') }
  const program = ['-m', 'guidellm', 'run', ...args, '--disable-console-interactive']
  const { code, stdout, stderr } = await runProgram(python, program, { env, cwd: folder, limitMs })
  if (code !== 0)
    return [{ name: `guidellm ${format}`, problem: `it ended with ${code}: ${(stdout + stderr).slice(-2000)}` }]
  return checkReport(format, JSON.parse(await readFile(path, 'utf8')) as LoadReport)
}

function checkReport(format: string, { benchmarks }: LoadReport): Check[] {
  const [{ requests: found, metrics } = { requests: { successful: [], errored: [] }, metrics: {} }] = benchmarks
  const tokens = found.successful.map(({ output_metrics: output }) => output.total_tokens)
  const least = (name: string) => metrics[name]?.successful.min ?? Number.NaN
  const isTimed = least('time_to_first_token_ms') > 0 && least('inter_token_latency_ms') > 0
  return [
    checkEqual(`guidellm ${format}: answers`, [found.successful.length, found.errored.length], [requests, 0]),
    checkEqual(`guidellm ${format}: tokens of each answer`, tokens, Array(requests).fill(outputTokens)),
    checkEqual(`guidellm ${format}: times to the first and between tokens`, isTimed, true),
  ]
}
