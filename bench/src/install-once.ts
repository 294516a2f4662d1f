import { mkdir, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import type { Context } from '@tandem/cli'
import { messageOf } from '@tandem/process'
import { Unavailable } from './unavailable.js'

/** A program to install. */
export interface Installation {
  /** The name in messages: "node-llama-cpp 3.22.1". */
  readonly title: string
  readonly folder: string
  isThere(): Promise<boolean>
  /**
   * Fills an empty folder, which becomes `folder` when it is complete.
   * @throws Error if it fails
   */
  fill(folder: string): Promise<void>
}

/**
 * Installs a program that a case needs and the product does not. It is installed once, completely
 * or not at all.
 * @throws Unavailable if it cannot be installed; the signal's reason on abort
 */
export async function installOnce(
  { title, folder, isThere, fill }: Installation,
  { output, signal }: Pick<Context, 'output' | 'signal'>,
): Promise<void> {
  if (await isThere()) return
  output.write(`Installing ${title} into ${folder} ...\n`)
  const partial = `${folder}.${process.pid}`
  try {
    await mkdir(dirname(folder), { recursive: true })
    await mkdir(partial)
    await fill(partial)
    await rm(folder, { recursive: true, force: true })
    await rename(partial, folder)
  } catch (cause) {
    signal.throwIfAborted()
    const [reason] = messageOf(cause).split('\n')
    throw new Unavailable(`${title} could not be installed: ${reason?.slice(0, 200)}`, { cause })
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}
