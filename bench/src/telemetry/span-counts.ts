/** What became of the spans of a stack. */
export interface SpanCounts {
  readonly exported: number
  /** Spans of exports that failed. */
  readonly failed: number
  /** Spans that found the queue full. */
  readonly dropped: number
}

/** Reads the counts of all processes from their metrics. */
export async function readSpanCounts(metricsUrls: readonly string[], signal: AbortSignal): Promise<SpanCounts> {
  const texts = await Promise.all(metricsUrls.map(async (url) => (await fetch(url, { signal })).text()))
  return parseSpanCounts(texts.join('\n'))
}

/** Adds up the counts in metrics in the text format of Prometheus. */
export function parseSpanCounts(text: string): SpanCounts {
  const counts = { exported: 0, failed: 0, dropped: 0 }
  for (const [, labels = '', value] of text.matchAll(/^otel_sdk_processor_span_processed_total\{(.*)\} (\S+)/gm)) {
    const error = /error_type="([^"]+)"/.exec(labels)?.[1]
    const outcome = error === undefined ? 'exported' : error === 'queue_full' ? 'dropped' : 'failed'
    counts[outcome] += Number(value)
  }
  return counts
}
