import { ManagedProcess, ServiceClient } from '@tandem/cli'
import type { Bench } from '../case.js'

export interface RunningService {
  readonly client: ServiceClient
  readonly pid: number
}

interface ServiceOptions {
  readonly role: 'sft' | 'dpo'
  readonly launcher?: readonly string[]
}

/** One logit service with one thread, for as long as `work` takes. */
export async function withService<T>(
  { context, pair }: Bench,
  { role, launcher }: ServiceOptions,
  work: (service: RunningService) => Promise<T>,
): Promise<T> {
  const environment = {
    ...context.environment,
    TANDEM_MODEL: pair[role],
    TANDEM_ROLE: role,
    TANDEM_LISTEN: '127.0.0.1:0',
    TANDEM_THREADS: '1',
  }
  const modulePath = context.findModule('@tandem/services/logit-main')
  const name = `${role.toUpperCase()} service`
  const service = new ManagedProcess({ name, modulePath, environment, launcher }, (line) => {
    if (context.isVerbose) context.output.write(`[${name}] ${line}\n`)
  })
  try {
    const client = new ServiceClient((await service.ready(context.signal)).at, context.signal)
    try {
      return await work({ client, pid: service.pid ?? -1 })
    } finally {
      client.close()
    }
  } finally {
    await service.stop()
  }
}
