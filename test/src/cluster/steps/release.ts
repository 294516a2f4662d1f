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

/** After `helm uninstall` nothing of the release is left. */
export const uninstalled: Step = {
  key: 'uninstall',
  title: '`helm uninstall` leaves nothing',
  run: async ({ kubernetes }): Promise<StepResult> => {
    const { release } = kubernetes.options
    await kubernetes.helm(['uninstall', release, '--wait', '--timeout', '10m'], { limitMs: 660_000 })
    const list = ['get', kinds, '--output', 'name', '--ignore-not-found']
    const labelled = await kubernetes.kubectl([...list, ...kubernetes.ofRelease])
    const named = (await kubernetes.kubectl(list)).split('\n').filter((line) => line.includes(`/${release}`))
    const left = [...new Set([...labelled.split('\n').filter(Boolean), ...named])]
    return { tried: 1, passed: left.length === 0 ? 1 : 0, found: left.length === 0 ? 'nothing' : left.join(', ') }
  },
}
