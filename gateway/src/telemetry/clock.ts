/** Converts milliseconds of `performance.now()` to the time of a span: milliseconds since 1970. */
export const toSpanTime = (ms: number): number => performance.timeOrigin + ms
