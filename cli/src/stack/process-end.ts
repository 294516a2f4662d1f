/** How one of our processes ended. */
export interface ProcessEnd {
  readonly name: string
  /** "killed by SIGKILL", "exit code 1" */
  readonly how: string
  /** Its last lines on stderr. */
  readonly lastLines: string
  /** Starts in a row that failed, this one included; missing if it was not started again. */
  readonly failedStarts?: number
}

/**
 * How an operating system ends a program that uses too much memory; 137 is the exit code of shells
 * and containers.
 */
const killed = /^killed by SIGKILL$|^exit code 137$/
/** Messages of V8, C++, onnxruntime and the loader when an allocation fails. */
const noMemory =
  /bad_alloc|bad allocation|out of memory|process OOM|allocation failed|failed to allocate memory|cannot allocate memory|failed to map segment|has too little memory/i

const lessMemory =
  'Use less memory (--precision int8 or int4, --paired for an adapter, or a lower TANDEM_KV_BYTES), ' +
  'or give the machine or container more; "tandem doctor" shows how much is free'

/** Describes a process that ended before it served. */
export function describeFailedStart({ name, how, lastLines }: ProcessEnd): string {
  const advice = adviceOn({ how, lastLines })
  if (lastLines !== '') return `the ${name} could not start (${how}).${advice} Its last output:\n${lastLines}`
  const more = advice === '' ? '; run again with --verbose' : `.${advice}`
  return `the ${name} could not start (${how}) and printed nothing${more}`
}

/** Describes a process that ended while it served and does not serve again. */
export function describeLaterEnd({ name, how, lastLines, failedStarts }: ProcessEnd): string {
  const what =
    failedStarts === undefined
      ? `has ended (${how})`
      : `has ended and could not be started again ${failedStarts} times in a row (the last time: ${how})`
  return `the ${name} ${what}, and Tandem cannot serve without it.${adviceOn({ how, lastLines })}${outputOf(lastLines)}`
}

/** Describes a process that ended while it served and is started again. */
export function describeRestart({ name, how, lastLines }: ProcessEnd, delayMs: number): string {
  const when = delayMs === 0 ? 'now' : `in ${seconds(delayMs)}`
  return `The ${name} has ended (${how}) and is started again ${when}.${adviceOn({ how, lastLines })}${outputOf(lastLines)}`
}

/** Describes a process that ended before it served again. */
export function describeFailedRestart(
  { name, how, lastLines, failedStarts = 1 }: ProcessEnd,
  maxFailedStarts: number,
  delayMs: number,
): string {
  const next = `Start ${failedStarts} of at most ${maxFailedStarts} has failed; the next is in ${seconds(delayMs)}.`
  return `The ${name} could not start (${how}). ${next}${adviceOn({ how, lastLines })}${outputOf(lastLines)}`
}

/** Describes a process that serves again. */
export const describeServing = (name: string, afterMs: number): string =>
  `The ${name} serves again, ${seconds(afterMs)} after it ended.`

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`

const outputOf = (lastLines: string) => (lastLines === '' ? '' : ` Its last output:\n${lastLines}`)

/** Returns advice after a space, if too little memory was the reason. */
function adviceOn({ how, lastLines }: Pick<ProcessEnd, 'how' | 'lastLines'>): string {
  if (noMemory.test(lastLines)) return ` There was too little memory. ${lessMemory}.`
  if (!killed.test(how)) return ''
  return ` Probably the system killed it because of too little memory. ${lessMemory}.`
}
