import { ManagedProcess, ServiceClient } from '@tandem/cli'
import type { Keeper, Opened } from './keeper.js'
import type { Subject } from './subject.js'

export interface RunningService {
  readonly client: ServiceClient
  readonly pid: number
}

interface ServiceOptions {
  readonly role: 'sft' | 'dpo'
  readonly launcher?: readonly string[]
}

/** One logit service with one thread, which `work` shares with other cases that want the same. */
export function withService<T>(
  { kept, ...subject }: Subject & { readonly kept: { readonly services: Keeper<RunningService> } },
  options: ServiceOptions,
  work: (service: RunningService) => Promise<T>,
): Promise<T> {
  const key = JSON.stringify([subject.pair[options.role], options])
  return kept.services.use(key, () => openService(subject, options), work)
}

/** One that nobody has used before. Whoever gets it closes it. */
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
