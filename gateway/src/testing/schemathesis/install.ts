import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url))
const cache = fileURLToPath(new URL('../../../../node_modules/.cache/tandem/', import.meta.url))
const installLimitMs = 180_000

/**
 * A folder of Python packages, Schemathesis among them, kept from one run to the next.
 * @param name of the folder: another one for other requirements
 * @throws Error where there is no Python with pip, or pip cannot reach a registry
 */
export async function installSchemathesis(name: string): Promise<string> {
  const folder = `${cache}${name}`
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
