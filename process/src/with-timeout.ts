/** The signal of each timeout, for as long as the signal that depends on it lives. */
const timeouts = new WeakMap<AbortSignal, AbortSignal>()

/**
 * Creates a signal that aborts with the first of the signals, or after a time. Node holds the
 * sources of `AbortSignal.any` only weakly: the garbage collector takes an `AbortSignal.timeout`
 * that nothing else holds, which then never aborts.
 * @param timeoutMs in milliseconds
 */
export function withTimeout(timeoutMs: number, ...signals: readonly AbortSignal[]): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs)
  const either = AbortSignal.any([...signals, timeout])
  timeouts.set(either, timeout)
  return either
}
