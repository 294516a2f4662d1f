import { addressPattern } from '@tandem/process'

const variable = 'TANDEM_METRICS_LISTEN'
const maxPort = 65_535

/** Where one process serves its metrics. */
export interface MetricsEndpoint {
  /** The name of the process: "SFT service". */
  readonly name: string
  readonly url: string
}

/**
 * Returns the environment of one of several processes, each of which serves its metrics on a port
 * of its own: the port of TANDEM_METRICS_LISTEN, and those after it. Port 0 stays: it takes any
 * free port. `off` and an unset variable stay too.
 * @param place the number of processes before this one
 * @throws Error if there are not enough ports
 */
export function withMetricsPort(environment: NodeJS.ProcessEnv, place: number): NodeJS.ProcessEnv {
  const listen = parseListen(environment)
  if (listen === null || listen.port === 0) return environment
  const port = listen.port + place
  if (port > maxPort)
    throw new Error(
      `${variable}=${environment[variable]} leaves too few ports: process ${place + 1} would get port ${port}. ` +
        'Each process takes the next port: choose a lower one',
    )
  return { ...environment, [variable]: `${listen.host}:${port}` }
}

/**
 * Returns the environment of processes that run only for one command: their metrics are on any free
 * port, because a `tandem up` with the same settings may have the named ones.
 */
export function withFreeMetricsPort(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const listen = parseListen(environment)
  return listen === null ? environment : { ...environment, [variable]: `${listen.host}:0` }
}

/**
 * Returns the environment of a process that serves its metrics where another one did.
 * @param url where they were served; null if they are off
 */
export function withMetricsUrl(environment: NodeJS.ProcessEnv, url: string | null): NodeJS.ProcessEnv {
  if (url === null) return environment
  const { hostname, port } = new URL(url)
  // Port 80 is not part of a URL.
  return { ...environment, [variable]: `${hostname}:${port || '80'}` }
}

function parseListen({ [variable]: text = '' }: NodeJS.ProcessEnv): { host: string; port: number } | null {
  const end = text.lastIndexOf(':')
  return addressPattern.test(text) ? { host: text.slice(0, end), port: Number(text.slice(end + 1)) } : null
}
