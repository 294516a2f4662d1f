import type { FaultCase } from '../case.js'
import { drained } from './drained.js'
import { killed } from './killed.js'
import { limited } from './limited.js'
import { overloaded } from './overloaded.js'
import { rolled } from './rolled.js'
import { stormed } from './stormed.js'
import { troubled } from './troubled.js'
import { uncollected } from './uncollected.js'

/** All faults, in the order of their numbers. */
export const faultCases: readonly FaultCase[] = [
  ...killed,
  ...rolled,
  ...drained,
  ...limited,
  ...overloaded,
  ...uncollected,
  ...troubled,
  ...stormed,
]
