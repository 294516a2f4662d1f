import { createHash, timingSafeEqual } from 'node:crypto'
import { resolveListenHost, SettingsError } from '@tandem/process'
import type { TelemetryConfig } from './environment.js'

/** Where to serve metrics. */
export interface MetricsAddress {
  /** The host as the user gave it. */
  readonly host: string
  /** The IP address that it resolves to: a second lookup could give another one. */
  readonly address: string
  readonly port: number
}

/** Who may read the metrics. */
export type MetricsAccess = Pick<TelemetryConfig, 'metricsKey' | 'isMetricsInsecure'>

/**
 * Resolves host:port of the metrics.
 * @throws SettingsError if other machines can reach it, there is no key, and nothing allows that
 */
export async function resolveMetricsAddress(
  listen: string,
  { metricsKey, isMetricsInsecure }: MetricsAccess,
): Promise<MetricsAddress> {
  const colon = listen.lastIndexOf(':')
  const [host, port] = [listen.slice(0, colon), Number(listen.slice(colon + 1))]
  const { address, isLoopback } = await resolveListenHost(host)
  if (isLoopback || metricsKey !== null || isMetricsInsecure) return { host, address, port }
  const message =
    `is ${listen}, which other machines can reach, and the metrics have no key: set TANDEM_METRICS_KEY, ` +
    'or TANDEM_METRICS_INSECURE=1 if only Prometheus can reach this port, or listen on 127.0.0.1'
  throw new SettingsError([{ variable: 'TANDEM_METRICS_LISTEN', message }])
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Creates a check of the header `Authorization`, in constant time. Without a key all pass. */
export function createKeyCheck(key: string | null): (authorization: string | undefined) => boolean {
  if (key === null) return () => true
  const expected = digest(key)
  return (authorization = '') => {
    const [, given = ''] = /^Bearer\s+(\S+)\s*$/i.exec(authorization) ?? []
    return timingSafeEqual(digest(given), expected)
  }
}
