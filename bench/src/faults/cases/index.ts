import type { FaultCase } from '../case.js'
import { drained } from './drained.js'
import { killed } from './killed.js'
import { limited } from './limited.js'
import { rolled } from './rolled.js'

/** All faults, in the order of their numbers. */
export const faultCases: readonly FaultCase[] = [...killed, ...rolled, ...drained, ...limited]
