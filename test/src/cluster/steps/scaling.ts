import type { Step, StepContext } from '../step.js'
import { underLoad } from '../under-load.js'

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
