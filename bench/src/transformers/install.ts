import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from '@tandem/cli'
import { installOnce } from '../install-once.js'

const run = promisify(execFile)

const requirements = ['torch==2.9.1', 'transformers==4.57.6', 'peft==0.18.1', 'gguf==0.17.1']
/** Where the index of the machine's pip has no build of torch for CPU alone, it is gigabytes. */
const installLimitMs = 1_800_000
const maxWords = 16 * 1024 * 1024

/**
 * A virtual environment with torch and transformers below Tandem's home, made on first use by the machine's own Python and pip. The
 * product uses none of it.
 * @returns its Python
 * @throws Unavailable where there is no Python, or the packages cannot be had
 */
export async function installTransformers(context: Context): Promise<string> {
  const folder = join(context.home.folder, 'bench/transformers')
  const { environment: env, signal } = context
  const call = (program: string, args: readonly string[]) =>
    run(program, args, { env, signal, timeout: installLimitMs, maxBuffer: maxWords })
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
  throw new Error('there is no Python 3')
}
