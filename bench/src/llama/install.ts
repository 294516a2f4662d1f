import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from '@tandem/cli'
import { installOnce } from '../install-once.js'

const run = promisify(execFile)

/** The pinned version of node-llama-cpp. */
export const llamaVersion = '3.22.1'
const installLimitMs = 300_000

/** Packages with binaries, by platform and processor. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'win32-x64': '@node-llama-cpp/win-x64',
  'win32-arm64': '@node-llama-cpp/win-arm64',
}

/**
 * Installs node-llama-cpp and its binaries into Tandem's home on first use. The product does not
 * use them, so they are not a dependency.
 * @returns the path of the module to import
 * @throws Unavailable if there are no binaries for this machine, or if they cannot be installed
 */
export async function installLlama(context: Context): Promise<string> {
  const folder = join(context.home.folder, 'bench/node-llama-cpp')
  const fill = async (place: string) => {
    const binary = binaries[`${process.platform}-${process.arch}`]
    if (binary === undefined)
      throw new Error(`node-llama-cpp has no binaries for ${process.platform} on ${process.arch}`)
    await writeFile(join(place, 'package.json'), '{ "private": true }\n')
    const packages = [`node-llama-cpp@${llamaVersion}`, `${binary}@${llamaVersion}`]
    const args = ['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', ...packages]
    const { signal } = context
    await run('npm', args, { cwd: place, signal, timeout: installLimitMs, shell: process.platform === 'win32' })
  }
  const isThere = async () => (await installedVersion(folder)) === llamaVersion
  await installOnce({ title: `node-llama-cpp ${llamaVersion}`, folder, isThere, fill }, context)
  return join(folder, 'node_modules/node-llama-cpp/dist/index.js')
}

async function installedVersion(folder: string): Promise<string | null> {
  const path = join(folder, 'node_modules/node-llama-cpp/package.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as { version: string }).version
}
