import type { Pod } from '../kubernetes.js'
import type { Step, StepContext, StepResult } from '../step.js'

/**
 * Prints the user, and whether files can be created in the root, in the program's folder and in
 * /tmp.
 */
const program = `
import { rmSync, writeFileSync } from 'node:fs'
const canWrite = (folder) => {
  try {
    writeFileSync(folder + '/.probe', '')
    rmSync(folder + '/.probe')
    return true
  } catch { return false }
}
console.log(JSON.stringify({ user: process.getuid(), root: canWrite(''), app: canWrite('/app'), tmp: canWrite('/tmp') }))`

/** Counts the folders of onnxruntime in the program's folder. */
const findEngine = `
import { readdirSync } from 'node:fs'
const found = readdirSync('/app', { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isDirectory() && entry.name.startsWith('onnxruntime'))
console.log(found.length)`

interface Probe {
  readonly user: number
  readonly root: boolean
  readonly app: boolean
  readonly tmp: boolean
}

const evaluate = ({ kubernetes }: StepContext, { name }: Pod, source: string): Promise<string> =>
  kubernetes.kubectl(['exec', name, '--', 'node', '--input-type=module', '--eval', source])

/** Pods run without root rights, and can write only to /tmp. */
export const userAndFiles: Step = {
  key: 'user',
  title: 'pods run as a user that is not root, with a read-only root',
  run: async (context): Promise<StepResult> => {
    const pods = await context.kubernetes.pods()
    const probes = await Promise.all(
      pods.map(async (pod) => JSON.parse(await evaluate(context, pod, program)) as Probe),
    )
    const right = probes.filter(({ user, root, app, tmp }) => user !== 0 && !root && !app && tmp)
    const users = [...new Set(probes.map(({ user }) => user))].join(', ')
    return { tried: pods.length, passed: right.length, found: `user ${users}; ${right.length} can write only to /tmp` }
  },
}

/** The gateway's image has no onnxruntime, the services' image has it. */
export const gatewayImage: Step = {
  key: 'image',
  title: 'the image of the gateway has no onnxruntime',
  run: async (context): Promise<StepResult> => {
    const [gateway] = await context.kubernetes.pods('gateway')
    const [service] = await context.kubernetes.pods('sft')
    if (gateway === undefined || service === undefined) throw new Error('expected a pod of the gateway and one of sft')
    const inGateway = Number(await evaluate(context, gateway, findEngine))
    const inService = Number(await evaluate(context, service, findEngine))
    const found = `${inGateway} folders in the gateway, ${inService} in a service`
    return { tried: 1, passed: inGateway === 0 && inService > 0 ? 1 : 0, found }
  },
}
