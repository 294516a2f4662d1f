import type { GetModelResponse__Output } from '@tandem/proto'
import type { Text, TokenizerInfo } from '../../text/index.js'
import type { LogitServiceConnection } from '../grpc/logit-service.js'
import type { ReplicaSet } from '../replicas/replica-set.js'
import type { PromptEncoder } from './prompt-encoder.js'

/** A model and the services that host it. */
export interface ServedModel {
  readonly replicas: ReplicaSet<LogitServiceConnection>
  /** The model of the replica that was read first. */
  readonly info: GetModelResponse__Output
}

/** Models with one tokenizer: the pair, `dpo` and `sft`, and the additional models. */
export interface Pair {
  /** The models by name, the pair first. */
  readonly models: ReadonlyMap<string, ServedModel>
  readonly text: Text
  /** Encodes prompts with the same text. Close it with the pair's connections. */
  readonly encoder: PromptEncoder
  /** What `GET /tokenizer_info` returns. */
  readonly tokenizerInfo: TokenizerInfo
  /** Whether two of the models slow each other down. */
  sharesDevice(a: string, b: string): boolean
  /** The smallest vocabulary size of the models. Ids from here on are masked. */
  readonly vocabularyLimit: number
  /** Maximum tokens of a prompt and its answer. */
  readonly contextLength: number
  /** Maximum characters of one token. */
  readonly maxTokenLength: number
  readonly eosTokenIds: readonly number[]
  /** Differences between the models that do not prevent decoding. */
  readonly warnings: readonly string[]
}

/**
 * Returns a model by name.
 * @throws RangeError if it does not exist: names are checked where requests arrive
 */
export function modelOf(models: Pair['models'], name: string): ServedModel {
  const model = models.get(name)
  if (!model)
    throw new RangeError(`the model "${name}" does not exist; expected one of: ${[...models.keys()].join(', ')}`)
  return model
}
