/** Waits for a promise, or rejects with the signal's reason. */
export async function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const stopWaiting = new AbortController()
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    signal.addEventListener('abort', abort, { once: true, signal: stopWaiting.signal })
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    stopWaiting.abort()
  }
}
