import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@tandem/test'
import { askAll, askDuring } from '../ask-during.js'
import { askFirst } from '../asked.js'
import type { FaultCase, FaultResult, FaultSettings } from '../case.js'
import { preloadOption } from '../process-faults.js'
import { ServiceStack } from '../service-stack.js'
import { Tally } from '../tally.js'
import { withFolder } from '../with-folder.js'

const resolveMs = 100
/** Time in which the gateway looks the name up some times. */
const someLookupsMs = 10 * resolveMs
const kinds = 4
const maxTokens = 48
const host = 'models.test'
/** An address of documentation (RFC 5737): nothing answers there. */
const deadAddress = '198.51.100.1'
const [first, second] = ['127.0.0.1', '127.0.0.2'] as const

/** F13: the name of the services changes its addresses, or cannot be resolved. */
export const unresolved: readonly FaultCase[] = [
  {
    key: 'F13',
    title: 'the DNS name of the services changes its address, fails, is empty, and has dead addresses',
    expected: 'the same tokens',
    run: (settings) => withFolder((folder) => run(join(folder, 'hosts.json'), settings)),
  },
]

async function run(file: string, settings: FaultSettings): Promise<FaultResult> {
  const setName: SetName = (found) => writeFile(file, JSON.stringify({ [host]: found }))
  await setName([first, deadAddress])
  const ports = { sft: await freePort(), dpo: await freePort() }
  const stack = await ServiceStack.start({
    replicas: 2,
    listenAt: (role, i) => `${[first, second][i]}:${ports[role]}`,
    addressesFor: () => ({ sft: [`${host}:${ports.sft}`], dpo: [`${host}:${ports.dpo}`] }),
    gatewayEnv: {
      NODE_OPTIONS: preloadOption,
      TANDEM_FAULT_HOSTS: file,
      TANDEM_RESOLVE_MS: `${resolveMs}`,
      // The dead address is not of this machine. Nothing is sent there.
      TANDEM_INSECURE_GRPC: '1',
    },
  })
  try {
    return await changeName(stack, setName, settings)
  } finally {
    await stack.stop()
  }
}

/** Changes what the name resolves to: addresses, or the code of an error. */
type SetName = (found: readonly string[] | string) => Promise<void>

async function changeName(stack: ServiceStack, setName: SetName, { signal, log }: FaultSettings): Promise<FaultResult> {
  const tally = new Tally()
  const shared = { url: stack.url, asked: await askFirst(stack, { count: kinds, maxTokens }, signal), tally, signal }
  const change = async (label: string, found: readonly string[] | string) => {
    log(label)
    await askDuring({ ...shared, label, cause: () => setName(found) })
    await delay(someLookupsMs, undefined, { signal })
  }
  const old = stack.services.filter(({ address }) => address.startsWith(first))
  await change('address changes', [second, deadAddress])
  for (const service of old) await service.end('SIGKILL')
  await askAll({ ...shared, label: 'old address is gone' })
  for (const [label, found] of [['lookup fails', 'ENOTFOUND'] as const, ['no address', []] as const]) {
    await change(label, found)
    await askAll({ ...shared, label })
  }
  for (const service of old) await service.startAgain()
  // Without the dead address, all would be loopback, which counts as one replica.
  await change('two addresses', [first, second, deadAddress])
  await stack.waitUntilServing()
  return tally.result(await stack.countLeaked())
}
