import {
  addressPattern,
  functionNames,
  maxExtraModels,
  modelNameSchema,
  pairNames,
  rewardNameSchema,
} from '@tandem/process'
import { z } from 'zod'

/** Maximum number of addresses of one model. */
const maxAddresses = 64

/**
 * The replicas of a model of the pair, "host:port,host:port". A host can be a name of several
 * replicas.
 */
export const pairModelSchema = (title: string) =>
  z.string({ error: `is not set: give the ${title} service as host:port` }).transform((list, context) => {
    const entries = splitList(list)
    const addresses: string[] = []
    for (const entry of entries.length === 0 ? [list] : entries) {
      const fault = addressPattern.test(entry) ? addAddress(addresses, entry) : 'must be host:port, e.g. 127.0.0.1:7001'
      if (fault !== null) context.addIssue(entries.length > 1 ? `has "${entry}": ${fault}` : fault)
    }
    return addresses
  })

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
 * A name that is repeated has several replicas.
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
      const services = new Map<string, string[]>()
      for (const entry of splitList(list)) {
        const [name = '', address = ''] = entry.split(/=(.*)/s)
        const addresses = services.get(name) ?? []
        const fault = findFault(name, address, naming) ?? addAddress(addresses, address)
        if (fault !== null) context.addIssue(`has "${entry}": ${fault}`)
        services.set(name, addresses)
      }
      if (services.size > maxExtraModels)
        context.addIssue(`names ${services.size} ${naming.title}; expected ${naming.limit}`)
      return services
    })
}

function findFault(name: string, address: string, naming: Naming): string | null {
  if (naming.reserved.includes(name)) return `the name ${name} is reserved`
  const parsed = naming.name.safeParse(name)
  if (!parsed.success) return `the name ${parsed.error.issues[0]?.message}`
  return addressPattern.test(address) ? null : `must be name=host:port, e.g. ${naming.example}`
}

const splitList = (list: string): string[] =>
  list
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

/** Adds an address. Returns why it cannot be added, or null. */
function addAddress(addresses: string[], address: string): string | null {
  if (addresses.includes(address)) return 'the address appears twice'
  if (addresses.length === maxAddresses) return `expected at most ${maxAddresses} addresses of one model`
  addresses.push(address)
  return null
}
