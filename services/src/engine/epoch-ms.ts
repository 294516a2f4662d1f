/** Milliseconds since 1970 with microsecond precision, comparable between threads. */
export const epochMs = () => performance.timeOrigin + performance.now()
