import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { isAlive } from '@tandem/process'

/** A process of this machine. */
export interface ProcessInfo {
  readonly pid: number
  readonly parent: number
  readonly command: string
}

/** Returns every process below `root`, without zombies. */
export function descendants(root: number): ProcessInfo[] {
  const all = existsSync('/proc/self/stat') ? fromProc() : fromPs()
  const found: ProcessInfo[] = []
  let parents = [root]
  while (parents.length > 0) {
    const children = all.filter((process) => parents.includes(process.parent))
    found.push(...children)
    parents = children.map((process) => process.pid)
  }
  return found
}

function fromProc(): ProcessInfo[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
        // The name in brackets can contain spaces. State and parent follow it.
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
        const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent), command }]
      } catch {
        return [] // It ended while we looked.
      }
    })
}

function fromPs(): ProcessInfo[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' }).split('\n')
  return lines.flatMap((line) => {
    const [, pid, parent, state, command] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? []
    return command === undefined || state?.startsWith('Z')
      ? []
      : [{ pid: Number(pid), parent: Number(parent), command }]
  })
}

/**
 * Waits until processes have ended.
 * @returns those still alive after `limitMs`
 */
export async function waitUntilGone(pids: readonly number[], limitMs: number): Promise<number[]> {
  const end = Date.now() + limitMs
  while (pids.some(isAlive) && Date.now() < end) await delay(50)
  return pids.filter(isAlive)
}

/** Returns a free port of 127.0.0.1. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('the system gave no port')),
      )
    })
  })
}
