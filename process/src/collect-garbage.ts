import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** What is collected: the youngest objects of V8's heap, or all of them. */
type Generation = 'minor' | 'major'

let collector: ((options?: { readonly type: 'minor' }) => void) | undefined

/**
 * Collects the garbage of this thread. The heap of a service takes 1 to 2 ms (`minor`) or 20 to 30
 * ms (`major`).
 */
export function collectGarbage(type: Generation): void {
  collector ??= findCollector()
  // Node 20 takes every object for the youngest generation, also { type: 'major' }.
  if (type === 'minor') collector({ type })
  else collector()
}

/**
 * Collects all garbage of this thread each minute. V8's memory reducer, which is off
 * (cli/src/stack/runtime-flags.ts), would do it every one or two seconds. Without both, a heap of
 * 20 MB grows to 100 MB before it is marked.
 */
export function collectEachMinute(): void {
  setInterval(() => collectGarbage('major'), 60_000).unref()
}

/** Finds V8's `gc`. Contexts that exist already do not get it. */
function findCollector(): typeof collector & {} {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc')
}
