import {
  addressPattern,
  functionNames,
  maxExtraModels,
  modelNameSchema,
  pairNames,
  rewardNameSchema,
} from '@tandem/process'
import { z } from 'zod'

interface Naming {
  /** What messages call the entries. */
  readonly title: string
  /** The limit in messages. */
  readonly limit: string
  readonly name: z.ZodType<string>
  readonly reserved: readonly string[]
  readonly example: string
}

/**
 * The additional models besides the pair, "name=host:port,name=host:port": their addresses by name.
 */
export const extraModelsSchema = addressesByName({
  title: 'models',
  limit: `at most ${maxExtraModels} besides the pair`,
  name: modelNameSchema,
  reserved: [...pairNames, ...functionNames],
  example: 'amateur=127.0.0.1:7003',
})

/** The reward models in the same format; the first is the default. */
export const rewardsSchema = addressesByName({
  title: 'rewards',
  limit: `at most ${maxExtraModels}`,
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
      if (entries.length > maxExtraModels)
        context.addIssue(`names ${entries.length} ${naming.title}; expected ${naming.limit}`)
      for (const entry of entries) {
        const [name = '', address = ''] = entry.trim().split(/=(.*)/s)
        const fault = services.has(name) ? 'the name appears twice' : findFault(name, address, naming)
        if (fault !== null) context.addIssue(`has "${entry.trim()}": ${fault}`)
        services.set(name, address)
      }
      return services
    })
}

function findFault(name: string, address: string, naming: Naming): string | null {
  if (naming.reserved.includes(name)) return `the name ${name} is reserved`
  const parsed = naming.name.safeParse(name)
  if (!parsed.success) return `the name ${parsed.error.issues[0]?.message}`
  return addressPattern.test(address) ? null : `must be name=host:port, e.g. ${naming.example}`
}
