/**
 * Loaded into every process of a stack by `--import`. At SIGUSR2 a process does to itself what the
 * control file says (process-faults.ts). Its threads take part in the jump of the clock.
 */
import dns from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'

const file = process.env.TANDEM_FAULT_FILE
const hosts = process.env.TANDEM_FAULT_HOSTS
const RealDate = Date
/** How far the clock is from the right time, in milliseconds. */
let offsetMs = 0

if (file !== undefined) {
  globalThis.Date = class extends RealDate {
    constructor(...values: readonly unknown[]) {
      if (values.length === 0) super(RealDate.now() + offsetMs)
      else super(...(values as [number]))
    }

    static override now(): number {
      return RealDate.now() + offsetMs
    }
  } as DateConstructor
  const threads = new BroadcastChannel('tandem-fault')
  threads.onmessage = ({ data }: { readonly data: unknown }) => {
    offsetMs = Number(data)
  }
  // The types of Node 20 lack it.
  ;(threads as unknown as { unref(): void }).unref()
  const causes: Readonly<Record<string, (value: number) => void>> = {
    block: (ms) => {
      const end = performance.now() + ms
      while (performance.now() < end);
    },
    reject: () => void Promise.reject(new Error('a fault for a test: nobody handles this rejection')),
    clock: (ms) => {
      offsetMs = ms
      threads.postMessage(ms)
    },
  }
  if (isMainThread)
    process.on('SIGUSR2', () => {
      const { fault, value } = JSON.parse(readFileSync(file, 'utf8')) as { fault: string; value: number }
      causes[fault]?.(value)
    })
}

if (hosts !== undefined) {
  const { lookup } = dns
  const find = async (host: string, options: object) => {
    const known = JSON.parse(readFileSync(hosts, 'utf8')) as Record<string, readonly string[] | string>
    const found = known[host]
    if (found === undefined) return lookup(host, options)
    if (typeof found === 'string') throw Object.assign(new Error(`getaddrinfo ${found} ${host}`), { code: found })
    return found.map((address) => ({ address, family: 4 }))
  }
  dns.lookup = find as typeof lookup
  syncBuiltinESMExports()
}
