import { execFile } from 'node:child_process'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Context } from '@tandem/cli'
import { Unavailable } from '../case.js'

const run = promisify(execFile)

export const llamaVersion = '3.22.1'
const installLimitMs = 300_000

/** Packages of built binaries, by platform and processor. */
const binaries: Readonly<Record<string, string>> = {
  'linux-x64': '@node-llama-cpp/linux-x64',
  'linux-arm64': '@node-llama-cpp/linux-arm64',
  'darwin-x64': '@node-llama-cpp/mac-x64',
  'darwin-arm64': '@node-llama-cpp/mac-arm64-metal',
  'win32-x64': '@node-llama-cpp/win-x64',
  'win32-arm64': '@node-llama-cpp/win-arm64',
}

/**
 * node-llama-cpp and its binaries, installed below Tandem's home on first use. They are no dependency: the product uses none.
 * @returns the module to import
 * @throws Unavailable where there are none for this machine, or they cannot be had
 */
export async function installLlama({ home, output, signal }: Context): Promise<string> {
  const folder = join(home.folder, 'bench/node-llama-cpp')
  const modulePath = join(folder, 'node_modules/node-llama-cpp/dist/index.js')
  if ((await installedVersion(folder)) === llamaVersion) return modulePath
  const binary = binaries[`${process.platform}-${process.arch}`]
  if (binary === undefined)
    throw new Unavailable(`node-llama-cpp has no binaries for ${process.platform} on ${process.arch}`)
  output.write(`Installing node-llama-cpp ${llamaVersion} into ${folder} ...\n`)
  const partial = `${folder}.${process.pid}`
  try {
    await mkdir(partial, { recursive: true })
    await writeFile(join(partial, 'package.json'), '{ "private": true }\n')
    const packages = [`node-llama-cpp@${llamaVersion}`, `${binary}@${llamaVersion}`]
    const args = ['install', '--ignore-scripts', '--omit=optional', '--no-audit', '--no-fund', ...packages]
    await run('npm', args, { cwd: partial, signal, timeout: installLimitMs, shell: process.platform === 'win32' })
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
  } catch (cause) {
    signal.throwIfAborted()
    throw new Unavailable(`node-llama-cpp ${llamaVersion} could not be installed from npm`, { cause })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
  return modulePath
}

async function installedVersion(folder: string): Promise<string | null> {
  const path = join(folder, 'node_modules/node-llama-cpp/package.json')
  const text = await readFile(path, 'utf8').catch(() => null)
  return text === null ? null : (JSON.parse(text) as { version: string }).version
}
