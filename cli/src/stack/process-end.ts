/** How a process of ours ended. */
export interface ProcessEnd {
  readonly name: string
  /** "killed by SIGKILL", "exit code 1" */
  readonly how: string
  /** The last that it said on stderr. */
  readonly lastLines: string
}

/** What an operating system does to a program that takes more memory than there is; 137 is what shells and containers report then. */
const killed = /^killed by SIGKILL$|^exit code 137$/
/** What V8, C++, onnxruntime and the loader say where memory cannot be had. */
const noMemory =
  /bad_alloc|bad allocation|out of memory|process OOM|allocation failed|failed to allocate memory|cannot allocate memory|failed to map segment|no memory for/i

const lessMemory =
  'Give it less to hold (--precision int8 or int4, or --paired for an adapter; a lower TANDEM_KV_BYTES), or the machine or container more memory; "tandem doctor" tells how much is free'

/** Of a process that did not get to serve. */
export function describeFailedStart({ name, how, lastLines }: ProcessEnd): string {
  const advice = adviceOn({ how, lastLines })
  if (lastLines !== '') return `the ${name} could not start (${how}).${advice} It said:\n${lastLines}`
  const more = advice === '' ? '; run again with --verbose' : `.${advice}`
  return `the ${name} could not start (${how}) and said nothing${more}`
}

/** Of one that served until then. */
export function describeLaterEnd({ name, how, lastLines }: ProcessEnd): string {
  const words = lastLines === '' ? '' : ` Its last words:\n${lastLines}`
  return `the ${name} has ended (${how}), and Tandem is not whole without it.${adviceOn({ how, lastLines })}${words}`
}

/** A sentence with a space before it, where memory is what was missing. */
function adviceOn({ how, lastLines }: Pick<ProcessEnd, 'how' | 'lastLines'>): string {
  if (noMemory.test(lastLines)) return ` There was too little memory. ${lessMemory}.`
  if (!killed.test(how)) return ''
  return ` If nobody else killed it, the system did, for want of memory. ${lessMemory}.`
}
