import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import type { Home } from '../home.js'
import { shortHash } from '../cache/identity.js'
import { type Verdict, verdictSchema } from './verdict.js'

/** Everything that a verdict depends on; another machine, model or version is another trial. */
export interface TrialKey {
  readonly processor: string
  readonly cores: number
  /** Of each service, where it was set. */
  readonly threads: number | null
  /** Logit services beside the pair, which share the cores. */
  readonly others: number
  /** Names of the three model folders in the cache: each stands for its sources, its precision and the builder. */
  readonly folders: readonly string[]
  /** Of Tandem. */
  readonly version: string
}

const fileSchema = z.object({ verdict: verdictSchema })

/** Where the verdict is kept; a trial follows when it is deleted. */
export const verdictPath = ({ trials }: Pick<Home, 'trials'>, key: TrialKey): string =>
  join(trials, `${key.folders.at(-1)}-${shortHash([JSON.stringify(key)])}.json`)

/** Null where there is none, or none that can be read. */
export async function readVerdict(home: Pick<Home, 'trials'>, key: TrialKey): Promise<Verdict | null> {
  try {
    return fileSchema.parse(JSON.parse(await readFile(verdictPath(home, key), 'utf8'))).verdict
  } catch {
    return null
  }
}

/** Whole or not at all. The key and the date stand beside the verdict for people. */
export async function writeVerdict(home: Pick<Home, 'trials'>, key: TrialKey, verdict: Verdict): Promise<void> {
  const path = verdictPath(home, key)
  const partial = `${path}.${process.pid}`
  await mkdir(home.trials, { recursive: true })
  await writeFile(partial, `${JSON.stringify({ verdict, key, date: new Date().toISOString() }, null, 2)}\n`)
  await rename(partial, path)
}
