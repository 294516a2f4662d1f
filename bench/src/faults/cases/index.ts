import type { FaultCase } from '../case.js'
import { closed } from './closed.js'
import { damaged } from './damaged.js'
import { delayed } from './delayed.js'
import { drained } from './drained.js'
import { forged } from './forged.js'
import { killed } from './killed.js'
import { killedReward } from './killed-reward.js'
import { limited } from './limited.js'
import { manyClients } from './many-clients.js'
import { mismatched } from './mismatched.js'
import { overloaded } from './overloaded.js'
import { partitioned } from './partitioned.js'
import { processFaultCases } from './process-faults.js'
import { rolled } from './rolled.js'
import { slowReader } from './slow-reader.js'
import { soaked } from './soaked.js'
import { stopped } from './stopped.js'
import { uncollected } from './uncollected.js'
import { unresolved } from './unresolved.js'
import { wrongAnswered } from './wrong-answers.js'

/** All faults, in the order of their numbers. */
export const faultCases: readonly FaultCase[] = [
  closed,
  slowReader,
  ...killed,
  ...killedReward,
  ...stopped,
  delayed,
  ...wrongAnswered,
  mismatched,
  ...rolled,
  ...drained,
  ...limited,
  ...forged,
  ...overloaded,
  ...uncollected,
  ...unresolved,
  ...partitioned,
  ...damaged,
  ...processFaultCases,
  ...soaked,
  ...manyClients,
]
