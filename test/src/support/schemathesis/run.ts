import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

/** The options of a run. */
export interface SchemathesisRun {
  /** The Python of an environment with Schemathesis. */
  readonly python: string
  readonly document: object
  readonly url: string
  readonly apiKey: string
  readonly checks: readonly string[]
  /** Maximum cases per operation in each phase of random data. */
  readonly examples: number
  readonly timeoutMs: number
}

/**
 * Sends valid and invalid requests made from a document, the same in each run.
 * @throws Error with its findings
 */
export async function runSchemathesis(run: SchemathesisRun): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'tandem-schemathesis-'))
  try {
    const file = join(folder, 'openapi.json')
    await writeFile(file, JSON.stringify(run.document))
    const options = [
      ['--url', run.url],
      ['--header', `Authorization: Bearer ${run.apiKey}`],
      ['--checks', run.checks.join(',')],
      ['--phases', 'examples,coverage,fuzzing'],
      ['--max-examples', String(run.examples)],
      ['--generation-deterministic'],
      ['--warnings', 'off'],
      ['--no-color'],
      ['--continue-on-failure'],
    ]
    await promisify(execFile)(run.python, ['-m', 'schemathesis.cli', 'run', file, ...options.flat()], {
      cwd: folder,
      timeout: run.timeoutMs,
      maxBuffer: 64 * 1024 * 1024,
    })
  } catch (error) {
    const { killed, stdout, stderr } = error as { killed?: boolean; stdout?: string; stderr?: string }
    const end = killed ? `it did not end within ${run.timeoutMs} ms\n` : ''
    throw new Error(`Schemathesis: ${end}${stdout ?? ''}${stderr ?? ''}`, { cause: error })
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
