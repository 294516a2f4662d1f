import { readdir, readFile, readlink } from 'node:fs/promises'

/** What a process holds. Linux only. */
export interface ProcessState {
  readonly rssMiB: number
  /** Open file descriptors. */
  readonly handles: number
  /** Descriptors that are sockets: connections, listeners and the channels of gRPC. */
  readonly sockets: number
  readonly threads: number
}

/** Reads the state of a process. Null if it has ended. */
export async function readProcess(pid: number): Promise<ProcessState | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const numberOf = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0)
    const folder = `/proc/${pid}/fd`
    const handles = await readdir(folder)
    const targets = await Promise.all(handles.map((handle) => readlink(`${folder}/${handle}`).catch(() => '')))
    return {
      rssMiB: numberOf('VmRSS') / 1024,
      handles: handles.length,
      sockets: targets.filter((target) => target.startsWith('socket:')).length,
      threads: numberOf('Threads'),
    }
  } catch {
    return null
  }
}

/** Reads an environment variable that a process was started with; empty if it has none. */
export async function readVariable(pid: number, name: string): Promise<string> {
  const text = await readFile(`/proc/${pid}/environ`, 'utf8').catch(() => '')
  const entry = text.split('\0').find((line) => line.startsWith(`${name}=`))
  return entry?.slice(name.length + 1) ?? ''
}
