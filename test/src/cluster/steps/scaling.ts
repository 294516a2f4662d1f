import { isSame } from '../golden.js'
import type { Kubernetes } from '../kubernetes.js'
import type { Step, StepContext } from '../step.js'
import { describe, underLoad } from '../under-load.js'

const scaled = ['gateway', 'sft', 'dpo'] as const

async function scaleTo(context: StepContext, replicas: number): Promise<void> {
  const values = [`gateway.replicas=${replicas}`, `models.sft.replicas=${replicas}`, `models.dpo.replicas=${replicas}`]
  await context.upgrade(values)
  for (const component of scaled) await context.kubernetes.waitForPods(component, replicas)
  context.log(`${replicas} pods of each role`)
}

/** All roles are scaled up and down again. */
export const scaling: Step = {
  key: 'scale',
  title: 'each role from 1 pod to 3 and back to 1 under load',
  run: (context) =>
    underLoad(context, async () => {
      for (const replicas of [1, 3, 1]) await scaleTo(context, replicas)
    }),
}

const models = ['sft', 'dpo'] as const

async function scaleModels(kubernetes: Kubernetes, replicas: number): Promise<void> {
  const names = models.map((role) => `deployment/${kubernetes.options.release}-logit-${role}`)
  await kubernetes.kubectl(['scale', ...names, `--replicas=${replicas}`])
}

/**
 * Runs `work` with a gateway that is ready without models, as the chart makes it if KEDA may scale
 * them to zero.
 */
async function withReadyGateway<T>(kubernetes: Kubernetes, work: () => Promise<T>): Promise<T> {
  const gateway = `deployment/${kubernetes.options.release}-gateway`
  const path = '/spec/template/spec/containers/0/readinessProbe/httpGet/path'
  const setPath = async (value: string) => {
    const patch = JSON.stringify([{ op: 'replace', path, value }])
    await kubernetes.kubectl(['patch', gateway, '--type', 'json', '--patch', patch])
    await kubernetes.waitForRollout()
  }
  await setPath('/livez')
  try {
    return await work()
  } finally {
    await setPath('/readyz')
  }
}

/** A request comes without models. Then the models are scaled up, as KEDA does it. */
export const coldStart: Step = {
  key: 'cold',
  title: 'a cold start: a request wakes models that were scaled to zero',
  run: ({ kubernetes, client, golden }) =>
    withReadyGateway(kubernetes, async () => {
      await scaleModels(kubernetes, 0)
      const roles = `app.kubernetes.io/instance=${kubernetes.options.release},tandem/role in (${models.join(', ')})`
      await kubernetes.kubectl(['wait', '--for=delete', 'pod', '--selector', roles, '--timeout=150s'])
      const asked = client.ask(
        golden.slice(0, 1).map(({ body }) => body),
        1,
      )
      // Nothing waits for it if the models cannot be scaled.
      asked.catch(() => undefined)
      await scaleModels(kubernetes, 1)
      const answers = await asked
      const seconds = Math.max(...answers.map(({ firstTokenMs }) => firstTokenMs)) / 1000
      const { tried, passed, found } = describe(answers, (answer) => isSame(answer, golden[0]?.tokenIds))
      return { tried, passed, found: `first token after ${seconds.toFixed(1)} s; ${found}` }
    }),
}
