import { get, jsonOf } from './http.ts'

/** What `setup` of a script gives to its iterations. */
export interface Setup {
  /** The name of the model to ask. */
  readonly model: string
}

/**
 * Returns the model of `MODEL`, or else the first model of the gateway, which is its pair.
 * @throws Error if the gateway lists none
 */
export function findModel(): Setup {
  if (__ENV.MODEL) return { model: __ENV.MODEL }
  const response = get('/v1/models', '/v1/models')
  const model = jsonOf<{ data?: { id: string }[] }>(response)?.data?.[0]?.id
  if (model) return { model }
  throw new Error(`GET /v1/models answered ${response.status}: expected a list of models. Is TANDEM_URL a gateway?`)
}
