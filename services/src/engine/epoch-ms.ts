/** Milliseconds since 1970 with microseconds, comparable between threads. */
export const epochMs = () => performance.timeOrigin + performance.now()
