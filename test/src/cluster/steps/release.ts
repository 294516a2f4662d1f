import { setTimeout as delay } from 'node:timers/promises'
import type { Kubernetes } from '../kubernetes.js'
import type { Step, StepResult } from '../step.js'

/** The chart's own test. */
export const helmTest: Step = {
  key: 'helm-test',
  title: '`helm test`',
  run: async ({ kubernetes }): Promise<StepResult> => {
    const output = await kubernetes.helm(['test', kubernetes.options.release, '--timeout', '5m'])
    const suites = [...output.matchAll(/^Phase:\s+(\w+)$/gm)].map(([, phase]) => phase)
    const passed = suites.filter((phase) => phase === 'Succeeded').length
    return { tried: suites.length, passed, found: suites.join(', ') }
  },
}

const kinds =
  'all,configmaps,secrets,serviceaccounts,persistentvolumeclaims,networkpolicies,poddisruptionbudgets,roles,rolebindings,ingresses'

/** Time for the pods to drain, in milliseconds. */
const drainLimitMs = 180_000
const pollMs = 500

/** After `helm uninstall` nothing of the release is left. */
export const uninstalled: Step = {
  key: 'uninstall',
  title: '`helm uninstall` leaves nothing',
  run: async ({ kubernetes, signal }): Promise<StepResult> => {
    await kubernetes.helm(['uninstall', kubernetes.options.release, '--wait'])
    const end = performance.now() + drainLimitMs
    let left = await objectsOf(kubernetes)
    while (left.length > 0 && performance.now() < end) {
      await delay(pollMs, undefined, { signal })
      left = await objectsOf(kubernetes)
    }
    return { tried: 1, passed: left.length === 0 ? 1 : 0, found: left.length === 0 ? 'nothing' : left.join(', ') }
  },
}

/** Returns the objects with the release's label, and those with its name. */
async function objectsOf(kubernetes: Kubernetes): Promise<readonly string[]> {
  const list = ['get', kinds, '--output', 'name', '--ignore-not-found']
  const labelled = await kubernetes.kubectl([...list, ...kubernetes.ofRelease])
  const all = await kubernetes.kubectl(list)
  const named = all.split('\n').filter((line) => line.includes(`/${kubernetes.options.release}`))
  return [...new Set([...labelled.split('\n').filter(Boolean), ...named])]
}
