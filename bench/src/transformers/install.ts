import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from '@tandem/cli'
import { installOnce } from '../install-once.js'

const run = promisify(execFile)

const requirements = ['torch==2.9.1', 'transformers==4.57.6', 'peft==0.18.1', 'gguf==0.17.1']
/**
 * Time limit. If the pip index of the machine has no CPU-only build of torch, the download is
 * several gigabytes.
 */
const installLimitMs = 1_800_000
const maxOutputBytes = 16 * 1024 * 1024

/**
 * Creates a virtual environment with torch and transformers in Tandem's home on first use, with the
 * machine's own Python and pip. The product does not use it.
 * @returns the path of its Python
 * @throws Unavailable if there is no Python, or if the packages cannot be installed
 */
export async function installTransformers(context: Context): Promise<string> {
  const folder = join(context.home.folder, 'bench/transformers')
  const { environment: env, signal } = context
  const call = (program: string, args: readonly string[]) =>
    run(program, args, { env, signal, timeout: installLimitMs, maxBuffer: maxOutputBytes })
  const marker = (place: string) => join(place, 'requirements.txt')
  const text = `${requirements.join('\n')}\n`
  const fill = async (place: string) => {
    await call(await findPython(call), ['-m', 'venv', place])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--only-binary', ':all:']
    await call(pythonOf(place), [...pip, ...requirements])
    await writeFile(marker(place), text)
  }
  const isThere = async () => (await readFile(marker(folder), 'utf8').catch(() => '')) === text
  await installOnce({ title: requirements.join(', '), folder, isThere, fill }, context)
  return pythonOf(folder)
}

const pythonOf = (folder: string) =>
  join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']))

async function findPython(call: (program: string, args: readonly string[]) => Promise<unknown>): Promise<string> {
  for (const program of ['python3', 'python', 'py']) {
    const answers = await call(program, ['--version']).then(
      () => true,
      () => false,
    )
    if (answers) return program
  }
  throw new Error('Python 3 is missing: expected python3, python or py')
}
