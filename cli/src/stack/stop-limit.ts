/** What a process drains for if its environment does not say. */
const defaultDrainMs = 5_000
/** Time to close what is left after the drain. */
const closeMs = 3_000

/**
 * Returns the time between SIGTERM and SIGKILL in milliseconds: longer than the process drains, as
 * its environment says (TANDEM_DRAIN_MS and, for a gateway, TANDEM_DRAIN_DELAY_MS before it).
 */
export function stopLimitMs({ TANDEM_DRAIN_MS, TANDEM_DRAIN_DELAY_MS }: NodeJS.ProcessEnv): number {
  return toMs(TANDEM_DRAIN_DELAY_MS, 0) + toMs(TANDEM_DRAIN_MS, defaultDrainMs) + closeMs
}

/** The process refuses what is not a number when it starts. */
function toMs(text: string | undefined, otherwise: number): number {
  const value = Number(text ?? otherwise)
  return Number.isFinite(value) ? value : otherwise
}
