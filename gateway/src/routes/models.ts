import type { Context } from 'hono'
import { modelNames, unknownModel } from '../openai/request/decoding.js'
import type { Model, ModelList } from '../openai/schemas/model.js'
import type { AppDependencies, AppEnvironment } from './dependencies.js'

/**
 * Creates the handlers of GET /v1/models and /v1/models/{id}. An id may contain a slash, escaped or
 * not.
 */
export function createModelHandlers({ pair, pairName, rewards }: AppDependencies) {
  const created = Math.floor(Date.now() / 1000)
  const describe = (id: string): Model => ({
    id,
    object: 'model',
    created,
    owned_by: 'tandem',
    root: pairName,
    parent: null,
    max_model_len: pair.contextLength,
  })
  const list: ModelList = { object: 'list', data: modelNames(pairName, rewards.size > 0).map(describe) }
  return {
    list: (context: Context) => context.json(list),
    one: (context: Context<AppEnvironment>) => {
      const id = context.req.param('id') ?? ''
      const model = list.data.find((one) => one.id === id)
      if (!model) throw unknownModel(pairName, id)
      return context.json(model)
    },
  }
}
