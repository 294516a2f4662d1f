import type { FaultCase } from '../case.js'
import { killed } from './killed.js'

/** All faults, in the order of their numbers. */
export const faultCases: readonly FaultCase[] = [...killed]
