import type { Step } from '../step.js'
import { answers } from './answers.js'
import { batchJob } from './batch.js'
import { evicted, forced } from './disruptions.js'
import { foreignPod } from './foreign-pod.js'
import { gatewayImage, userAndFiles } from './hardening.js'
import { helmTest, uninstalled } from './release.js'
import { newAdapter, upgraded } from './roll-outs.js'
import { coldStart, scaling } from './scaling.js'

/** All steps in their order. The last one removes the release. */
export const steps: readonly Step[] = [
  answers,
  helmTest,
  userAndFiles,
  gatewayImage,
  foreignPod,
  scaling,
  coldStart,
  ...forced,
  evicted,
  batchJob,
  newAdapter,
  upgraded,
  uninstalled,
]
