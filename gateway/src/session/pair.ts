import type { GetModelResponse__Output } from '@tandem/proto'
import type { Text } from '../text/index.js'
import type { LogitServiceConnection } from './logit-service.js'
import type { PromptEncoder } from './prompt-encoder.js'

/** A model and the service that hosts it. */
export interface ServedModel {
  readonly service: LogitServiceConnection
  readonly info: GetModelResponse__Output
}

/** Models that fit together: the pair, `dpo` and `sft`, and whatever others are served beside it. */
export interface Pair {
  /** By name, the pair first. */
  readonly models: ReadonlyMap<string, ServedModel>
  readonly text: Text
  /** Of prompts, with the same text. Closed with the pair's connections. */
  readonly encoder: PromptEncoder
  /** Whether two of the models take time from each other. */
  sharesDevice(a: string, b: string): boolean
  /** Ids from here on are masked: the models are padded to different sizes, or equal the smallest one's. */
  readonly vocabularyLimit: number
  /** Most tokens of a prompt and its answer. */
  readonly contextLength: number
  /** No token stands for more characters. */
  readonly maxTokenLength: number
  readonly eosTokenIds: readonly number[]
  /** Differences that do not keep the models from decoding. */
  readonly warnings: readonly string[]
}

/** @throws RangeError where there is no model of that name: names are checked where they come in */
export function modelOf(models: Pair['models'], name: string): ServedModel {
  const model = models.get(name)
  if (!model) throw new RangeError(`there is no model "${name}"; there are: ${[...models.keys()].join(', ')}`)
  return model
}
