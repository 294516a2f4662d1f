import { z } from 'zod'
import { functionNames, modelNameSchema, pairNames } from './session/model-name.js'

/** host:port, or [IPv6]:port. */
export const addressPattern = /^(\[[0-9a-fA-F:.]+\]|[^:[\]]+):\d{1,5}$/

const most = 16
const reserved: readonly string[] = [...pairNames, ...functionNames]

/** "name=host:port,name=host:port": the models beside the pair, their addresses by name. */
export const otherModelsSchema = z
  .string()
  .default('')
  .transform((list, context) => {
    const models = new Map<string, string>()
    const entries = list.split(',').filter((entry) => entry.trim() !== '')
    if (entries.length > most) context.addIssue(`names ${entries.length} models; there can be ${most} beside the pair`)
    for (const entry of entries) {
      const [name = '', address = ''] = entry.trim().split(/=(.*)/s)
      const fault = models.has(name) ? 'is named twice' : findFault(name, address)
      if (fault !== null) context.addIssue(`has "${entry.trim()}": ${fault}`)
      models.set(name, address)
    }
    return models
  })

function findFault(name: string, address: string): string | null {
  if (reserved.includes(name)) return `the name ${name} is taken`
  const parsed = modelNameSchema.safeParse(name)
  if (!parsed.success) return `the name ${parsed.error.issues[0]?.message}`
  return addressPattern.test(address) ? null : 'must be name=host:port, e.g. amateur=127.0.0.1:7003'
}
