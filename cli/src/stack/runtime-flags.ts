import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** A V8 flag for every process that serves. V8 gives no promise for its flags, so an unknown one is left out. */
export interface RuntimeFlag {
  readonly flag: string
  readonly gain: string
  /** Where the gain was measured. */
  readonly measured: string
}

/** The heaps of the processes are small, and the garbage collector must not take cores from the engines. */
export const runtimeFlags: readonly RuntimeFlag[] = [
  {
    flag: '--single-threaded-gc',
    gain: "2 ms a token in each service with 16 answers: V8's helper threads save only a fraction of a millisecond a collection",
    measured: 'docs/performance.md, "Other threads"',
  },
  {
    flag: '--no-memory-reducer',
    gain: 'no marking of the whole heap (30 to 60 ms, once in one or two seconds) while the engine computes and its thread is idle',
    measured: 'docs/performance.md, "Other threads"',
  },
  {
    flag: '--heap-growing-percent=400',
    gain: 'marking after 50 MB outside the heap instead of 8 MB, which a batch fills in one or two steps: 30 marks become 12',
    measured: 'docs/performance.md, "Marking"',
  },
]

/**
 * Environment for weights in memory pages of 2 MB: a step takes three quarters of the time, because it reads all weights
 * (docs/performance.md, "Large pages"). glibc needs one heap for all threads, because a thread of its own loads the weights.
 * Other C libraries ignore it. A value that the user has set wins.
 */
export const largePages = { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1' }

/** Time limit of a probe. A start takes some 40 ms. */
const probeLimitMs = 10_000

/**
 * Returns the flags that this Node accepts. Node ends with code 9 on a flag that its V8 does not know, so one start with all
 * flags tells; only if it fails, each flag is tried separately.
 */
export async function findAcceptedFlags(flags: readonly string[]): Promise<readonly string[]> {
  if (await startsWith(flags)) return flags
  const accepted = await Promise.all(flags.map((flag) => startsWith([flag])))
  return flags.filter((_, i) => accepted[i])
}

const startsWith = (flags: readonly string[]): Promise<boolean> =>
  promisify(execFile)(process.execPath, [...flags, '-e', '0'], { timeout: probeLimitMs }).then(
    () => true,
    () => false,
  )

let accepted: Promise<readonly string[]> | undefined

/** Returns the runtime flags that this Node accepts. They are probed at the first call only. Never rejects. */
export function acceptedRuntimeFlags(): Promise<readonly string[]> {
  accepted ??= findAcceptedFlags(runtimeFlags.map(({ flag }) => flag))
  return accepted
}
