import type { MachineFacts } from '../util/machine-facts.js'
import { gigabytes } from '../util/table.js'
import { type Finding, fail, ok, warn } from './finding.js'

/** The same as `engines` in package.json. */
const minNode = [20, 11] as const
/** One core for each model of a pair. */
const minCores = 2
/** Memory of the embedded pair with its reward model: three services and a gateway. */
const minFreeBytes = 1e9

/** Checks the version of Node, the cores and the memory. */
export const checkMachine = (facts: MachineFacts): Finding[] => [
  checkNode(facts),
  checkCores(facts),
  checkMemory(facts),
]

function checkNode({ nodeVersion }: MachineFacts): Finding {
  const [major = 0, minor = 0] = nodeVersion.split('.').map(Number)
  const isNew = major > minNode[0] || (major === minNode[0] && minor >= minNode[1])
  if (isNew) return ok('node', nodeVersion)
  return fail('node', nodeVersion, `install Node ${minNode.join('.')} or newer`)
}

function checkCores({ cores }: MachineFacts): Finding {
  if (cores >= minCores) return ok('cores', `${cores}`)
  return warn(
    'cores',
    `${cores}`,
    "the pair's two services share one core; with two cores they compute at the same time",
  )
}

function checkMemory({ totalBytes, freeBytes }: MachineFacts): Finding {
  const found = `${gigabytes(freeBytes)} free of ${gigabytes(totalBytes)}`
  if (freeBytes >= minFreeBytes) return ok('memory', found)
  const advice =
    'close other programs, or use a smaller precision (--precision int8 or int4), or --paired for an adapter'
  return warn('memory', found, advice)
}
