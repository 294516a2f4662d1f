import type { GetModelResponse__Output } from '@tandem/proto'
import { compareTokenizers, openText, type Text, TextError } from '../text/index.js'
import { shareDevice } from './device.js'
import type { LogitServiceConnection, Role } from './service.js'
import { SessionError } from './session-error.js'

/** A pair that fits together. */
export interface Pair {
  readonly dpo: LogitServiceConnection
  readonly sft: LogitServiceConnection
  readonly models: Readonly<Record<Role, GetModelResponse__Output>>
  readonly text: Text
  /** Whether the two models take time from each other. */
  readonly sharesDevice: boolean
  /** Ids from here on are masked: the two models are padded to different sizes, or equal the smaller one's. */
  readonly vocabularyLimit: number
  /** Most tokens of a prompt and its answer. */
  readonly contextLength: number
  /** No token stands for more characters. */
  readonly maxTokenLength: number
  readonly eosTokenIds: readonly number[]
  /** Differences that do not keep the pair from decoding. */
  readonly warnings: readonly string[]
}

/**
 * Asks both services what they serve and refuses a pair whose ids do not mean the same.
 * @param templateFrom whose chat template and end tokens are used
 * @throws SessionError where a service is unavailable; Error where the pair does not fit, telling where
 */
export async function shakeHands(
  dpo: LogitServiceConnection,
  sft: LogitServiceConnection,
  templateFrom: Role,
): Promise<Pair> {
  const [dpoModel, sftModel] = await Promise.all([dpo.getModel(), sft.getModel()])
  const models = { dpo: dpoModel, sft: sftModel }
  const readText = async (role: Role) => toText(await (role === 'dpo' ? dpo : sft).getTextFiles(), models[role], role)
  const text = await readText(templateFrom)
  if (dpoModel.tokenizerFingerprint !== sftModel.tokenizerFingerprint)
    assertSameTokens(text, await readText(templateFrom === 'dpo' ? 'sft' : 'dpo'), templateFrom)
  dpo.pin(dpoModel)
  sft.pin(sftModel)
  return {
    dpo,
    sft,
    models,
    text,
    sharesDevice: shareDevice(dpoModel.device, sftModel.device),
    vocabularyLimit: Math.min(dpoModel.vocabularySize, sftModel.vocabularySize),
    contextLength: Math.min(dpoModel.contextLength, sftModel.contextLength),
    maxTokenLength: findMaxTokenLength(text),
    eosTokenIds: models[templateFrom].eosTokenIds,
    warnings: [...findWarnings(models, templateFrom), ...probeTemplate(text)],
  }
}

function assertSameTokens(text: Text, other: Text, templateFrom: Role): void {
  const difference = compareTokenizers(text, other)
  if (difference === null) return
  const [first, second] = templateFrom === 'dpo' ? ['DPO', 'SFT'] : ['SFT', 'DPO']
  throw new Error(
    `the tokenizers of the two models differ, so they are no pair: ${difference} (first: ${first}, second: ${second}). ` +
      'Serve two models that share one tokenizer.',
  )
}

/** In bytes, of which no character has fewer than it has UTF-16 units. */
function findMaxTokenLength({ vocabularySize, tokenBytes }: Text): number {
  let most = 0
  for (let id = 0; id < vocabularySize; id++) most = Math.max(most, tokenBytes(id).length)
  return most
}

function findWarnings({ dpo, sft }: Pair['models'], templateFrom: Role): string[] {
  const used = `the ${templateFrom.toUpperCase()} model's is used`
  const warnings: string[] = []
  if (dpo.chatTemplateFingerprint !== sft.chatTemplateFingerprint)
    warnings.push(`the two models have different chat templates: ${used}`)
  const ends = (model: GetModelResponse__Output) => [...model.eosTokenIds].sort((a, b) => a - b).join(', ')
  if (ends(dpo) !== ends(sft))
    warnings.push(`the two models have different end tokens (DPO: ${ends(dpo)}; SFT: ${ends(sft)}): ${used}`)
  if (dpo.vocabularySize !== sft.vocabularySize)
    warnings.push(
      `the vocabularies are padded to ${dpo.vocabularySize} (DPO) and ${sft.vocabularySize} (SFT): ids beyond the smaller are masked`,
    )
  return warnings
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

function toText(files: ReadonlyMap<string, Buffer>, model: GetModelResponse__Output, role: Role): Text {
  try {
    return openText(files, {
      eosTokenIds: model.eosTokenIds,
      bosTokenId: model.bosTokenId ?? null,
      modelVocabularySize: model.vocabularySize,
    })
  } catch (cause) {
    if (!(cause instanceof TextError)) throw cause
    throw new SessionError('refused', `the ${role.toUpperCase()} model's text: ${cause.message}`, { cause })
  }
}
