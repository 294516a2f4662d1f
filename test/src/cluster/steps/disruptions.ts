import type { Step, StepContext } from '../step.js'
import { underLoad } from '../under-load.js'

/** Components in the order in which their pods are ended. */
const components = ['sft', 'dpo', 'gateway'] as const

async function firstPod({ kubernetes }: StepContext, component: string): Promise<string> {
  const [pod] = await kubernetes.pods(component)
  if (pod === undefined) throw new Error(`found no pod of ${component}`)
  return pod.name
}

/** Ends one pod of a component and waits until its successor is ready. */
async function replaceOne(
  context: StepContext,
  component: string,
  end: (name: string) => Promise<unknown>,
): Promise<void> {
  const count = (await context.kubernetes.pods(component)).length
  const name = await firstPod(context, component)
  await end(name)
  context.log(`${name} has been ended`)
  await context.kubernetes.waitForPods(component, count)
}

const kill =
  (context: StepContext, component: string): (() => Promise<void>) =>
  () =>
    replaceOne(context, component, (name) =>
      context.kubernetes.kubectl(['delete', 'pod', name, '--force', '--grace-period=0']),
    )

const titleOf = (component: string) => `\`kubectl delete pod --force\` of a pod of ${component} under load`

/**
 * SIGKILL of a pod of each role. The streams of a gateway break with it; those of a service do
 * not.
 */
export const forced: readonly Step[] = [
  ...['sft', 'dpo'].map((component) => ({
    key: `force-${component}`,
    title: titleOf(component),
    run: (context: StepContext) => underLoad(context, kill(context, component)),
  })),
  {
    key: 'force-gateway',
    title: `${titleOf('gateway')}: only its own streams break`,
    run: (context) => underLoad(context, kill(context, 'gateway'), ({ error }) => isBroken(error)),
  },
]

const isBroken = (error: string | null): boolean =>
  error !== null && /terminated|ECONNRESET|UND_ERR_SOCKET|without a finish_reason/.test(error)

/** Evictions, as `kubectl drain` makes them: they respect the disruption budget. */
export const evicted: Step = {
  key: 'drain',
  title: 'eviction of a pod of each role under load, as `kubectl drain` does it',
  run: (context) =>
    underLoad(context, async () => {
      for (const component of components) await replaceOne(context, component, (name) => evict(context, name))
    }),
}

function evict({ kubernetes }: StepContext, name: string): Promise<string> {
  const { namespace } = kubernetes.options
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { name, namespace } }
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/eviction`
  return kubernetes.kubectl(['create', '--raw', path, '--filename', '-'], { input: JSON.stringify(eviction) })
}
