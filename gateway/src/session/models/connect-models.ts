import { messageOf, titleOf } from '@tandem/process'
import type { GetModelResponse__Output } from '@tandem/proto'
import { compareTokenizers, type Text } from '../../text/index.js'
import type { LogitServiceConnection } from '../grpc/logit-service.js'
import type { ReplicaSet } from '../replicas/replica-set.js'
import { findWarnings } from './find-warnings.js'
import { findMaxTokenLength, readText } from './model-text.js'
import { modelOf, type Pair, type ServedModel } from './pair.js'
import { shareDevice } from './share-device.js'

/** The replicas of all logit models by name, the pair first. */
export type LogitReplicas = ReadonlyMap<string, ReplicaSet<LogitServiceConnection>>

/**
 * Waits for all models, reads them and checks that the tokenizers are the same.
 * @param templateFrom name of the model whose chat template and end tokens are used
 * @param signal ends the wait
 * @throws SessionError if a model is unavailable; Error with the
 * first difference if tokenizers differ
 */
export async function connectModels(replicas: LogitReplicas, templateFrom: string, signal: AbortSignal): Promise<Pair> {
  const models = await readModels(replicas, signal)
  const first = modelOf(models, templateFrom)
  const { text, encoder, tokenizerInfo } = await readText(
    first.replicas.anyConnection(),
    first.info,
    titleOf(templateFrom),
  )
  for (const [name, model] of models) {
    if (model.info.tokenizerFingerprint === first.info.tokenizerFingerprint) continue
    const { text: other } = await readText(model.replicas.anyConnection(), model.info, titleOf(name))
    assertSameTokens(text, templateFrom, other, name)
  }
  const infos = new Map([...models].map(([name, { info }]) => [name, info]))
  const minimumOf = (count: (info: GetModelResponse__Output) => number) => Math.min(...[...infos.values()].map(count))
  return {
    models,
    text,
    encoder,
    tokenizerInfo,
    sharesDevice: (a, b) => shareDevice(modelOf(models, a).info.device, modelOf(models, b).info.device),
    vocabularyLimit: minimumOf((info) => info.vocabularySize),
    contextLength: minimumOf((info) => info.contextLength),
    maxTokenLength: findMaxTokenLength(text),
    eosTokenIds: first.info.eosTokenIds,
    warnings: [...findWarnings(infos, templateFrom), ...probeTemplate(text)],
  }
}

async function readModels(replicas: LogitReplicas, signal: AbortSignal): Promise<Map<string, ServedModel>> {
  const read = async ([name, set]: readonly [string, ReplicaSet<LogitServiceConnection>]) =>
    [name, { replicas: set, info: await set.firstModel(signal) }] as const
  return new Map(await Promise.all([...replicas].map(read)))
}

function assertSameTokens(text: Text, name: string, other: Text, otherName: string): void {
  const difference = compareTokenizers(text, other)
  if (difference === null) return
  const [first, second] = [titleOf(name), titleOf(otherName)]
  throw new Error(
    `the tokenizers of the ${first} and the ${second} model differ, so they cannot decode together: ${difference} ` +
      `(first: ${first}, second: ${second}). Serve models that share one tokenizer.`,
  )
}

/**
 * Renders the simplest chat. A template that fails on it fails on all chats, so warn at the start.
 */
function probeTemplate(text: Text): string[] {
  if (!text.hasChatTemplate) return []
  try {
    text.renderConversation([{ role: 'user', content: 'Hello' }], { addGenerationPrompt: true })
    return []
  } catch (error) {
    const reason = messageOf(error)
    return [`the chat template cannot render a single user message: ${reason}`]
  }
}
