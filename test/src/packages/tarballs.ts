import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { repositoryFolder } from '../support/fixtures.js'
import { offline } from '../support/installed.js'
import { runProgram } from '../support/run-program.js'

/** Runs a program. @throws Error with the end of its output if it fails */
export async function runOrThrow(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { code, stdout, stderr } = await runProgram(command, args, { cwd })
  if (code === 0) return stdout
  throw new Error(`"${command} ${args.join(' ')}" ended with ${code}: ${(stdout + stderr).slice(-2000)}`)
}

/** Builds the tarballs of all packages. @returns their paths by the name of the workspace */
export async function packAll(out: string): Promise<ReadonlyMap<string, string>> {
  await runOrThrow(process.execPath, ['scripts/pack.mjs', '--out', out], repositoryFolder)
  const names = await readdir(out)
  return new Map(names.map((name) => [/^tandem-([a-z]+)-/.exec(name)?.[1] ?? name, join(out, name)]))
}

/**
 * Installs tarballs into a folder, as docs/operations.md says.
 * @returns whether it could: false without a registry
 */
export async function installTarballs(folder: string, tarballs: readonly string[]): Promise<boolean> {
  const options = ['--omit=dev', '--ignore-scripts', '--prefer-offline', '--no-audit', '--no-fund']
  try {
    await runOrThrow('npm', ['install', ...options, ...tarballs], folder)
    return true
  } catch (error) {
    if (offline.test(String(error))) return false
    throw error
  }
}
