/** Sums the sessions in the text of a Prometheus endpoint. Null if it has none. */
export function parseSessions(metrics: string): number | null {
  const values = [...metrics.matchAll(/^tandem_sessions(?:\{[^}]*\})? (\S+)$/gm)].map(([, value]) => Number(value))
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0)
}

const timeoutMs = 5_000

/** Returns the sessions that all these services hold. A service that does not answer holds none. */
export async function readSessions(urls: readonly string[]): Promise<number> {
  const read = async (url: string) => {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    return parseSessions(await response.text()) ?? 0
  }
  const counts = await Promise.all(urls.map((url) => read(url).catch(() => 0)))
  return counts.reduce((sum, count) => sum + count, 0)
}
