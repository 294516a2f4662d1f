import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { repositoryFolder } from '@tandem/test'

/** The flag that loads preload.ts into a process. */
export const preloadOption = `--import=${pathToFileURL(join(repositoryFolder, 'bench/dist/faults/preload.js')).href}`

/**
 * What a process does to itself: it blocks its event loop for a time in milliseconds, leaves a
 * rejection unhandled, or moves its clock by milliseconds from the right time.
 */
export type ProcessFault =
  | { readonly fault: 'block'; readonly value: number }
  | { readonly fault: 'clock'; readonly value: number }
  | { readonly fault: 'reject' }

/** Causes faults inside of processes that were started with its environment. */
export class ProcessFaults {
  private constructor(private readonly folder: string) {}

  static async create(): Promise<ProcessFaults> {
    return new ProcessFaults(await mkdtemp(join(tmpdir(), 'tandem-faults-')))
  }

  /** The environment of processes in which faults can happen. */
  get env(): Readonly<Record<string, string>> {
    return { NODE_OPTIONS: preloadOption, TANDEM_FAULT_FILE: this.file }
  }

  /** Causes a fault in processes. It happens soon after. */
  async cause(fault: ProcessFault, pids: readonly number[]): Promise<void> {
    await writeFile(this.file, JSON.stringify(fault))
    for (const pid of pids) process.kill(pid, 'SIGUSR2')
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }

  private get file(): string {
    return join(this.folder, 'fault.json')
  }
}
