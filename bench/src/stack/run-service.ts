import { ManagedProcess, ServiceClient } from '@tandem/cli'
import type { LruPool, Opened } from '../lru-pool.js'
import type { Subject } from './subject.js'

/** A running logit service. */
export interface RunningService {
  readonly client: ServiceClient
  readonly pid: number
}

interface ServiceOptions {
  readonly role: 'sft' | 'dpo'
  readonly launcher?: readonly string[]
}

/** Runs `work` on a logit service with one thread. Other cases can share the service. */
export function withService<T>(
  { shared, ...subject }: Subject & { readonly shared: { readonly services: LruPool<RunningService> } },
  options: ServiceOptions,
  work: (service: RunningService) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([subject.pair[options.role], options])
  return shared.services.use(key, () => openService(subject, options), work)
}

/** Starts a new logit service. The caller closes it. */
export async function openService(
  { context, pair }: Subject,
  { role, launcher }: ServiceOptions,
): Promise<Opened<RunningService>> {
  const environment = {
    ...context.environment,
    TANDEM_MODEL: pair[role],
    TANDEM_ROLE: role,
    TANDEM_LISTEN: '127.0.0.1:0',
    TANDEM_THREADS: '1',
  }
  const modulePath = context.findModule('@tandem/services/logit-main')
  const name = `${role.toUpperCase()} service`
  const onLine = (line: string) => {
    if (context.isVerbose) context.output.write(`[${name}] ${line}\n`)
  }
  const service = await ManagedProcess.start({ name, modulePath, environment, launcher }, onLine, context.signal)
  try {
    const client = new ServiceClient((await service.ready(context.signal)).at, context.signal)
    const close = async () => {
      client.close()
      await service.stop()
    }
    return { value: { client, pid: service.pid ?? -1 }, close }
  } catch (error) {
    await service.stop()
    throw error
  }
}
