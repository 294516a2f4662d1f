import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const cache = fileURLToPath(new URL('../../../../node_modules/.cache/tandem/', import.meta.url))
const installLimitMs = 180_000

/**
 * A folder of the Python packages that requirements.txt names, Schemathesis and what it needs, kept from one run to the next.
 * @throws Error where there is no Python with pip, or pip cannot reach a registry
 */
export async function installSchemathesis(): Promise<string> {
  const digest = createHash('sha256')
    .update(await readFile(requirements))
    .digest('hex')
  const folder = `${cache}schemathesis-${digest.slice(0, 16)}`
  if (existsSync(folder)) return folder
  await mkdir(dirname(folder), { recursive: true })
  const unfinished = await mkdtemp(`${folder}-`)
  try {
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--timeout', '15', '--retries', '1']
    const target = ['--target', unfinished, '--requirement', requirements]
    await promisify(execFile)('python3', [...pip, ...target], { timeout: installLimitMs })
    await rename(unfinished, folder)
    return folder
  } catch (error) {
    // Another process may have been faster.
    if (existsSync(folder)) return folder
    throw error
  } finally {
    await rm(unfinished, { recursive: true, force: true })
  }
}
