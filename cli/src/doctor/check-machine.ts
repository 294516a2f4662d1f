import { gigabytes } from '../util/table.js'
import type { MachineFacts } from '../util/machine-facts.js'
import { type Finding, fail, ok, warn } from './finding.js'

/** As `engines` of package.json. */
const leastNode = [20, 11] as const
/** One for each model of a pair. */
const leastCores = 2
/** Of the embedded pair with its reward model: three services and a gateway. */
const leastFreeBytes = 1e9

export const checkMachine = (facts: MachineFacts): Finding[] => [
  checkNode(facts),
  checkCores(facts),
  checkMemory(facts),
]

function checkNode({ nodeVersion }: MachineFacts): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const isNew = major > leastNode[0] || (major === leastNode[0] && minor >= leastNode[1])
  if (isNew) return ok('node', nodeVersion)
  return fail('node', nodeVersion, `install Node ${leastNode.join('.')} or newer`)
}

function checkCores({ cores }: MachineFacts): Finding {
  if (cores >= leastCores) return ok('cores', `${cores}`)
  return warn('cores', `${cores}`, "the pair's two services take turns on one core; with two they compute at once")
}

function checkMemory({ totalBytes, freeBytes }: MachineFacts): Finding {
  const found = `${gigabytes(freeBytes)} free of ${gigabytes(totalBytes)}`
  if (freeBytes >= leastFreeBytes) return ok('memory', found)
  const advice =
    'end other programs, or serve a smaller precision (--precision int8, int4), or an adapter with --paired'
  return warn('memory', found, advice)
}
