// Not all of process: the encoder's thread would load 6 MB more.
import { parseValue } from '@tandem/process/parse-value'
import { z } from 'zod'
import { mergeAddedTokens, type NamedToken } from './merge-added-tokens.js'
import type { AddedToken, Component } from './parts.js'
import { readVocabulary } from './read-vocabulary.js'
import { TextError } from './text-error.js'

const component: z.ZodType<Component> = z.looseObject({ type: z.string() })

const addedToken = z.looseObject({
  id: z.int().nonnegative(),
  content: z.string().min(1),
  single_word: z.boolean().default(false),
  lstrip: z.boolean().default(false),
  rstrip: z.boolean().default(false),
  normalized: z.boolean().optional(),
  special: z.boolean().default(false),
})

const file = z.looseObject({
  added_tokens: z.array(addedToken).nullish(),
  normalizer: component.nullish(),
  pre_tokenizer: component.nullish(),
  post_processor: component.nullish(),
  decoder: component.nullish(),
  model: z.looseObject({ type: z.string().optional() }),
})

const configuredToken = z.union([z.string(), addedToken.omit({ id: true })]).nullish()
type ConfiguredToken = z.infer<typeof configuredToken>

const config = z.looseObject({
  bos_token: configuredToken,
  eos_token: configuredToken,
  unk_token: configuredToken,
  sep_token: configuredToken,
  pad_token: configuredToken,
  cls_token: configuredToken,
  mask_token: configuredToken,
  additional_special_tokens: z.array(configuredToken).nullish(),
  extra_special_tokens: z.union([z.array(configuredToken), z.record(z.string(), configuredToken)]).nullish(),
  model_specific_special_tokens: z.record(z.string(), configuredToken).nullish(),
  added_tokens_decoder: z.record(z.string(), addedToken.omit({ id: true })).nullish(),
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
})

/** tokenizer.json merged with tokenizer_config.json, like in transformers. */
export interface TokenizerFile {
  readonly addedTokens: readonly AddedToken[]
  readonly normalizer: Component | null
  readonly preTokenizer: Component | null
  readonly postProcessor: Component | null
  readonly decoder: Component | null
  readonly model: Component
  /** The ids of the model's own vocabulary, without added tokens. */
  readonly vocabulary: ReadonlyMap<string, number>
  /** `bos_token`, `eos_token`, ... by name, the variables of a chat template. */
  readonly namedTokens: Readonly<Record<string, string>>
  readonly chatTemplate: string | null
}

const namedKeys = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const

/**
 * Parses both files.
 * @param modelVocabularySize number of ids for which the model has rows
 * @throws TextError `invalid_tokenizer` that names the invalid keys
 */
export function parseTokenizerFile(
  tokenizerJson: unknown,
  tokenizerConfig: unknown,
  modelVocabularySize: number,
): TokenizerFile {
  const tokenizer = parseWith(file, tokenizerJson, 'tokenizer.json')
  const settings = parseWith(config, tokenizerConfig ?? {}, 'tokenizer_config.json')
  const model = { ...tokenizer.model, type: tokenizer.model.type ?? inferModelType(tokenizer.model) }
  const vocabulary = readVocabulary(model)
  const named = namedTokens(settings)
  return {
    addedTokens: mergeAddedTokens({
      vocabulary,
      added: tokenizer.added_tokens ?? [],
      configured: configuredTokens(settings),
      named,
      extra: extraTokens(settings),
      modelVocabularySize,
    }),
    normalizer: tokenizer.normalizer ?? null,
    preTokenizer: tokenizer.pre_tokenizer ?? null,
    postProcessor: tokenizer.post_processor ?? null,
    decoder: tokenizer.decoder ?? null,
    model,
    vocabulary,
    namedTokens: Object.fromEntries(named.map(({ name, content }) => [name, content])),
    chatTemplate: templateOf(settings.chat_template),
  }
}

function parseWith<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const toError = (faults: string) =>
    new TextError(
      'invalid_tokenizer',
      `${name} is not a valid tokenizer file: ${faults}. ` +
        'Save the files again next to the weights, with AutoTokenizer.from_pretrained(...).save_pretrained(...), and build again.',
    )
  return parseValue(schema, value, { name: 'the file', toError })
}

function configuredTokens({ added_tokens_decoder: tokens }: z.infer<typeof config>) {
  return tokens ? Object.entries(tokens).map(([id, token]) => ({ ...token, id: Number(id) })) : null
}

/**
 * Reads the special tokens that are variables of a chat template: those with a fixed name, then
 * those of the model itself, from a dict or from any other key that ends with "_token".
 */
function namedTokens(settings: z.infer<typeof config>): NamedToken[] {
  const extra = settings.extra_special_tokens ?? []
  const others = Object.entries(settings).filter(
    ([key, value]) => key.endsWith('_token') && !namedKeys.some((name) => name === key) && isToken(value),
  )
  const entries = [
    ...namedKeys.map((name) => [name, settings[name]] as const),
    ...(others as [string, ConfiguredToken][]),
    ...Object.entries(settings.model_specific_special_tokens ?? {}),
    ...(Array.isArray(extra) ? [] : Object.entries(extra)),
  ]
  return entries.flatMap(([name, token]) => toFlags(token, name))
}

function extraTokens(settings: z.infer<typeof config>): NamedToken[] {
  const extra = settings.extra_special_tokens ?? []
  return [
    ...(Array.isArray(extra) ? extra.flatMap((token) => toFlags(token, 'extra_special_tokens')) : []),
    ...(settings.additional_special_tokens ?? []).flatMap((token) => toFlags(token, 'additional_special_tokens')),
  ]
}

const isToken = (value: unknown): boolean =>
  typeof value === 'string' || (value as { __type?: unknown } | null)?.__type === 'AddedToken'

function toFlags(token: ConfiguredToken, name: string): NamedToken[] {
  const flags = typeof token === 'string' ? { content: token } : token
  return flags === null || flags === undefined || flags.content === '' ? [] : [{ ...flags, name }]
}

function templateOf(template: z.infer<typeof config>['chat_template']): string | null {
  if (template === null || template === undefined) return null
  if (typeof template === 'string') return template
  return template.find((entry) => entry.name === 'default')?.template ?? null
}

/** Infers the model's type, which files from before 2021 omit. */
function inferModelType(model: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(model.vocab)) return 'Unigram'
  return 'merges' in model ? 'BPE' : 'WordLevel'
}
