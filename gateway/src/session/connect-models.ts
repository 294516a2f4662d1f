import type { GetModelResponse__Output } from '@tandem/proto'
import { compareTokenizers, type Text } from '../text/index.js'
import { shareDevice } from './share-device.js'
import { findWarnings } from './find-warnings.js'
import { titleOf } from './model-name.js'
import { findMaxTokenLength, readText } from './model-text.js'
import { modelOf, type Pair, type ServedModel } from './pair.js'
import type { LogitServiceConnection } from './logit-service.js'

/**
 * Asks all services what they serve and refuses models whose ids do not mean the same.
 * @param services by model name, the pair first
 * @param templateFrom whose chat template and end tokens are used
 * @throws SessionError where a service is unavailable; Error where the models do not fit, telling where
 */
export async function shakeHands(
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
  const leastOf = (count: (info: GetModelResponse__Output) => number) => Math.min(...[...infos.values()].map(count))
  return {
    models,
    text,
    encoder,
    sharesDevice: (a, b) => shareDevice(modelOf(models, a).info.device, modelOf(models, b).info.device),
    vocabularyLimit: leastOf((info) => info.vocabularySize),
    contextLength: leastOf((info) => info.contextLength),
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
    `the tokenizers of the ${first} and the ${second} model differ, so they are no pair: ${difference} ` +
      `(first: ${first}, second: ${second}). Serve models that share one tokenizer.`,
  )
}

/** A template that fails on the plainest chat fails on all: better told at the start than to a client. */
function probeTemplate(text: Text): string[] {
  if (!text.hasChatTemplate) return []
  try {
    text.renderConversation([{ role: 'user', content: 'Hello' }], { addGenerationPrompt: true })
    return []
  } catch (error) {
    return [`a chat of one user message cannot be rendered: ${error instanceof Error ? error.message : String(error)}`]
  }
}
