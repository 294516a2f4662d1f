import { cp, open, readdir, rm, stat, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { startTandemUp } from '@tandem/test'
import type { FaultCase } from '../case.js'
import { buildPair, type PairFolders } from '../pair-folders.js'
import { ServerProcess } from '../server-process.js'
import { Tally } from '../tally.js'
import { withFolder } from '../with-folder.js'

/** "exited with 1", "exit code 1" */
const failsWithOne = /\b(code|with) 1\b/

/** What happens to the file of the weights, and what the refusal must say about it. */
const damages: Readonly<Record<string, { do: (path: string) => Promise<void>; message: RegExp }>> = {
  missing: { do: (path) => rm(path), message: /is missing, but the manifest lists it/ },
  truncated: {
    do: async (path) => truncate(path, Math.floor((await stat(path)).size / 2)),
    message: /has \d+ bytes, but the manifest says \d+/,
  },
  'one bit changed': { do: changeBit, message: /has the SHA-256 [0-9a-f]{64}, but the manifest says [0-9a-f]{64}/ },
}

/** F14: a model folder is damaged. */
export const damaged: readonly FaultCase[] = [
  {
    key: 'F14',
    title: 'the file of the weights is missing, truncated, or has another hash',
    expected: 'the service and `tandem up` refuse to start and name the file; exit code 1',
    run: async () => {
      const tally = new Tally()
      const intact = await buildPair('tiny')
      for (const name of Object.keys(damages)) await withFolder((folder) => startDamaged(name, intact, folder, tally))
      const end = await startService(intact.dpo)
      tally.add(`an intact folder: ${end}`, end === 'serves')
      return tally.result(0)
    },
  },
]

async function startDamaged(name: string, { sft, dpo }: PairFolders, folder: string, tally: Tally): Promise<void> {
  const damage = damages[name]
  if (damage === undefined) return
  const copy = join(folder, 'dpo')
  await cp(dpo, copy, { recursive: true })
  const path = await largestFile(copy)
  await damage.do(path)
  const starts = { service: () => startService(copy), 'tandem up': () => startUp(sft, copy) }
  for (const [what, start] of Object.entries(starts)) {
    const output = await start()
    const isClear = output.includes(path) && damage.message.test(output) && failsWithOne.test(output)
    tally.add(isClear ? `${what} refuses: ${name}` : `${what}, ${name}: ${output}`, isClear)
  }
}

/** @returns "serves", or why the service does not start */
async function startService(folder: string): Promise<string> {
  const env = { TANDEM_MODEL: folder, TANDEM_ROLE: 'dpo', TANDEM_LISTEN: '127.0.0.1:0', TANDEM_THREADS: '1' }
  const spec = { name: 'DPO service', script: 'services/dist/logit/main.js', env, envAt: () => ({}) }
  try {
    const service = await ServerProcess.start(spec)
    await service.end('SIGTERM')
    return 'serves'
  } catch (error) {
    return String(error)
  }
}

/** @returns "serves", or why `tandem up` does not start */
async function startUp(sft: string, dpo: string): Promise<string> {
  try {
    const up = await startTandemUp(['--no-paired', '--sft', sft, '--dpo', dpo], {})
    up.process.kill('SIGTERM')
    return 'serves'
  } catch (error) {
    return String(error)
  }
}

async function largestFile(folder: string): Promise<string> {
  const paths = (await readdir(folder)).map((name) => join(folder, name))
  const sizes = await Promise.all(paths.map(async (path) => (await stat(path)).size))
  const path = paths[sizes.indexOf(Math.max(...sizes))]
  if (path === undefined) throw new Error(`${folder} is empty`)
  return path
}

async function changeBit(path: string): Promise<void> {
  const file = await open(path, 'r+')
  const bytes = new Uint8Array(1)
  const position = Math.floor((await file.stat()).size / 2)
  await file.read(bytes, 0, 1, position)
  bytes[0] = (bytes[0] ?? 0) ^ 1
  await file.write(bytes, 0, 1, position)
  await file.close()
}
