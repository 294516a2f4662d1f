import type { Case } from '../case.js'
import { copying } from './copying.js'
import { llamaCpp } from './llama-cpp.js'
import { longContext } from './long-context.js'
import { memory } from './memory.js'
import { oneCore } from './one-core.js'
import { oneCorePaired } from './one-core-paired.js'
import { overhead } from './overhead.js'
import { ownCores } from './own-cores.js'
import { manySessions } from './sessions.js'
import { start } from './start.js'
import { telemetryCost } from './telemetry-cost.js'
import { transformers } from './transformers.js'

/** All cases in the order of their run. Cases that share processes follow one another. */
export const cases: readonly Case[] = [
  ownCores,
  copying,
  overhead,
  telemetryCost,
  oneCore,
  oneCorePaired,
  llamaCpp,
  longContext,
  manySessions,
  memory,
  start,
  transformers,
]
