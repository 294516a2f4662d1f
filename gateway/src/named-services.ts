import { z } from 'zod'
import { functionNames, modelNameSchema, pairNames, rewardNameSchema } from './session/model-name.js'

/** host:port, or [IPv6]:port. */
export const addressPattern = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/

const most = 16

interface Naming {
  /** As messages call them all. */
  readonly title: string
  /** What there can be so many of. */
  readonly limit: string
  readonly name: z.ZodType<string>
  readonly reserved: readonly string[]
  readonly example: string
}

/** "name=host:port,name=host:port": the models beside the pair, their addresses by name. */
export const otherModelsSchema = addressesByName({
  title: 'models',
  limit: `${most} beside the pair`,
  name: modelNameSchema,
  reserved: [...pairNames, ...functionNames],
  example: 'amateur=127.0.0.1:7003',
})

/** The same of reward models; the first is the default. */
export const rewardsSchema = addressesByName({
  title: 'rewards',
  limit: `${most}`,
  name: rewardNameSchema,
  reserved: pairNames,
  example: 'picker=127.0.0.1:7005',
})

function addressesByName(naming: Naming) {
  return z
    .string()
    .default('')
    .transform((list, context) => {
      const services = new Map<string, string>()
      const entries = list.split(',').filter((entry) => entry.trim() !== '')
      if (entries.length > most)
        context.addIssue(`names ${entries.length} ${naming.title}; there can be ${naming.limit}`)
      for (const entry of entries) {
        const [name = '', address = ''] = entry.trim().split(/=(.*)/s)
        const fault = services.has(name) ? 'is named twice' : findFault(name, address, naming)
        if (fault !== null) context.addIssue(`has "${entry.trim()}": ${fault}`)
        services.set(name, address)
      }
      return services
    })
}

function findFault(name: string, address: string, naming: Naming): string | null {
  if (naming.reserved.includes(name)) return `the name ${name} is taken`
  const parsed = naming.name.safeParse(name)
  if (!parsed.success) return `the name ${parsed.error.issues[0]?.message}`
  return addressPattern.test(address) ? null : `must be name=host:port, e.g. ${naming.example}`
}
