/** A process of a `tandem up`. */
export interface UpProcess {
  /** The name in its messages: "SFT service 2". */
  readonly name: string
  /** `sft`, `dpo`, `pair` for both of them, the name of another model, or `gateway`. */
  readonly role: string
  /** The number of the replica, from 1. */
  readonly replica: number
  readonly pid: number
  /** host:port of a service, or the URL of the gateway. */
  readonly address: string
}

/** `[SFT service 2] {...}`, `[amateur model service] {...}`, `[gateway] {...}` */
const linePattern = /^\[((.+?)(?: (?:model|reward))? service(?: (\d+))?|gateway)\] (\{.*\})$/

/**
 * Reads a line that `tandem up --verbose` shows.
 * @returns the process that says in it that it serves; null for every other line
 */
export function parseServingLine(line: string): UpProcess | null {
  const [, name, title = 'gateway', replica = '1', log] = linePattern.exec(line) ?? []
  if (name === undefined || log === undefined) return null
  const { msg, pid, url, address = url, addresses = [address] } = JSON.parse(log) as ServingLog
  if (msg !== 'serving') return null
  const [first] = addresses
  if (pid === undefined || first === undefined) throw new Error(`a serving process logs pid and address: found ${log}`)
  return { name, role: title.toLowerCase(), replica: Number(replica), pid, address: first }
}

interface ServingLog {
  readonly msg?: string
  readonly pid?: number
  readonly url?: string
  readonly address?: string
  readonly addresses?: readonly (string | undefined)[]
}
