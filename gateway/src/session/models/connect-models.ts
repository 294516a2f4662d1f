import { titleOf } from '@tandem/process'
import type { GetModelResponse__Output } from '@tandem/proto'
import { compareTokenizers, type Text } from '../../text/index.js'
import type { LogitServiceConnection } from '../grpc/logit-service.js'
import { findWarnings } from './find-warnings.js'
import { findMaxTokenLength, readText } from './model-text.js'
import { modelOf, type Pair, type ServedModel } from './pair.js'
import { shareDevice } from './share-device.js'

/**
 * Connects to all services, reads their models and checks that the tokenizers are the same.
 * @param services services by model name, the pair first
 * @param templateFrom name of the model whose chat template and end tokens are used
 * @throws SessionError if a service is unavailable; Error with the
 * first difference if tokenizers differ
 */
export async function connectModels(
  services: ReadonlyMap<string, LogitServiceConnection>,
  templateFrom: string,
): Promise<Pair> {
  const models = await readModels(services)
  const first = modelOf(models, templateFrom)
  const { text, encoder } = await readText(first.service, first.info, titleOf(templateFrom))
  for (const [name, model] of models) {
    if (model.info.tokenizerFingerprint === first.info.tokenizerFingerprint) continue
    const { text: other } = await readText(model.service, model.info, titleOf(name))
    assertSameTokens(text, templateFrom, other, name)
  }
  for (const { service, info } of models.values()) service.pin(info)
  const infos = new Map([...models].map(([name, { info }]) => [name, info]))
  const minimumOf = (count: (info: GetModelResponse__Output) => number) => Math.min(...[...infos.values()].map(count))
  return {
    models,
    text,
    encoder,
    sharesDevice: (a, b) => shareDevice(modelOf(models, a).info.device, modelOf(models, b).info.device),
    vocabularyLimit: minimumOf((info) => info.vocabularySize),
    contextLength: minimumOf((info) => info.contextLength),
    maxTokenLength: findMaxTokenLength(text),
    eosTokenIds: first.info.eosTokenIds,
    warnings: [...findWarnings(infos, templateFrom), ...probeTemplate(text)],
  }
}

async function readModels(services: ReadonlyMap<string, LogitServiceConnection>): Promise<Map<string, ServedModel>> {
  const read = async ([name, service]: readonly [string, LogitServiceConnection]) =>
    [name, { service, info: await service.getModel() }] as const
  return new Map(await Promise.all([...services].map(read)))
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
    const reason = error instanceof Error ? error.message : String(error)
    return [`the chat template cannot render a single user message: ${reason}`]
  }
}
