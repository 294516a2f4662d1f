import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/**
 * A V8 flag for every process that serves. V8 gives no promise for its flags, so an unknown one is
 * left out.
 */
export interface RuntimeFlag {
  readonly flag: string
  readonly gain: string
  /** Where the gain was measured. */
  readonly measured: string
}

/**
 * The flags of our processes. Their heaps are small, and the garbage collector must not take cores
 * from the engines. Node 20.20, 22.23, 24.22 and 26.12 accept all of them.
 */
export const runtimeFlags: readonly RuntimeFlag[] = [
  {
    flag: '--single-threaded-gc',
    gain: 'no helper threads of V8, which take 2 ms a token from each service with 16 answers',
    measured: 'docs/performance.md, "Other threads"',
  },
  {
    flag: '--no-memory-reducer',
    gain: 'no marking of the whole heap (30 to 60 ms, every one or two seconds) while the engine computes',
    measured: 'docs/performance.md, "Other threads"',
  },
  {
    flag: '--heap-growing-percent=400',
    gain: 'marking after 50 MB outside the heap instead of 8 MB: 12 marks in 96 steps instead of 30',
    measured: 'docs/performance.md, "Marking"',
  },
]

/**
 * Settings of glibc's malloc for every process that serves. Other C libraries ignore them. A value
 * that the user has set wins.
 */
export const mallocEnvironment = {
  /**
   * Weights in memory pages of 2 MB: a step takes three quarters of the time, because it reads all
   * weights (docs/performance.md, "Large pages"). The other settings have variables of their own:
   * with glibc 2.36, /usr/bin/env passes on only the first setting of this one.
   */
  GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1',
  /**
   * One heap for all threads: only the main heap has large pages, and a thread of its own loads the
   * weights.
   */
  MALLOC_ARENA_MAX: '1',
  /**
   * Larger allocations are mapped, so that they return to the system when they are freed: keys,
   * values and rows of logits (docs/decisions/memory.md). By itself, glibc raises this from 128 KB
   * up to 32 MB.
   */
  MALLOC_MMAP_THRESHOLD_: `${128 * 1024}`,
  /**
   * Free memory at the end of the heap that is kept. By itself, it is 128 KB if the other threshold
   * is set: each step would return and request memory.
   */
  MALLOC_TRIM_THRESHOLD_: `${16 * 1024 * 1024}`,
}

/** Exit code of Node for a flag that it does not know. */
const refusedFlag = 9
/** Time limit of a probe. A start takes some 40 ms. */
const probeLimitMs = 10_000

/**
 * Returns the flags that this Node accepts. Node ends with code 9 on a flag that its V8 does not
 * know, so one start with all flags tells; only if it fails, each flag is tried separately.
 */
export async function findAcceptedFlags(flags: readonly string[]): Promise<readonly string[]> {
  if (await startsWith(flags)) return flags
  const accepted = await Promise.all(flags.map((flag) => startsWith([flag])))
  return flags.filter((_, i) => accepted[i])
}

const startsWith = (flags: readonly string[]): Promise<boolean> =>
  promisify(execFile)(process.execPath, [...flags, '-e', '0'], { timeout: probeLimitMs }).then(
    () => true,
    // A probe that fails for another reason, such as a busy machine, says nothing about the flag.
    (error: { readonly code?: unknown }) => error.code !== refusedFlag,
  )

let accepted: Promise<readonly string[]> | undefined

/**
 * Returns the runtime flags that this Node accepts. They are probed at the first call only. Never
 * rejects.
 */
export function acceptedRuntimeFlags(): Promise<readonly string[]> {
  accepted ??= findAcceptedFlags(runtimeFlags.map(({ flag }) => flag))
  return accepted
}
