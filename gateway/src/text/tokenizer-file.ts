import { z } from 'zod'
import { TextError } from './types.js'

/** One part of tokenizer.json (a normalizer, a pre-tokenizer, ...): a type and its own settings. */
export type Component = { readonly type: string; readonly [key: string]: unknown }

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

const configuredToken = z.union([z.string(), z.looseObject({ content: z.string() })]).nullish()

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
  added_tokens_decoder: z.record(z.string(), addedToken.omit({ id: true })).nullish(),
  chat_template: z.union([z.string(), z.array(z.looseObject({ name: z.string(), template: z.string() }))]).nullish(),
})

/** A token outside the model's own vocabulary or matched before the model sees the text. */
export interface AddedToken {
  readonly id: number
  readonly content: string
  readonly singleWord: boolean
  readonly lstrip: boolean
  readonly rstrip: boolean
  /** Matched in the normalized text, with its content normalized too. */
  readonly normalized: boolean
  readonly special: boolean
}

/** tokenizer.json with what tokenizer_config.json changes in it, as transformers merges the two. */
export interface TokenizerFile {
  readonly addedTokens: readonly AddedToken[]
  readonly normalizer: Component | null
  readonly preTokenizer: Component | null
  readonly postProcessor: Component | null
  readonly decoder: Component | null
  readonly model: Component
  /** `bos_token`, `eos_token`, ... by name, as a chat template sees them. */
  readonly namedTokens: Readonly<Record<string, string>>
  readonly chatTemplate: string | null
}

const NAMED = ['bos_token', 'eos_token', 'unk_token', 'sep_token', 'pad_token', 'cls_token', 'mask_token'] as const

/** Parses both files. @throws TextError `invalid_tokenizer` naming the first key that is not as expected. */
export function parseTokenizerFile(tokenizerJson: unknown, tokenizerConfig: unknown): TokenizerFile {
  const tokenizer = parseWith(file, tokenizerJson, 'tokenizer.json')
  const settings = parseWith(config, tokenizerConfig ?? {}, 'tokenizer_config.json')
  const namedTokens: Record<string, string> = {}
  for (const name of NAMED) {
    const content = contentOf(settings[name])
    if (content !== null) namedTokens[name] = content
  }
  const fromConfig = Object.entries(settings.added_tokens_decoder ?? {}).map(([id, token]) => ({
    ...token,
    id: Number(id),
  }))
  const addedTokens = new Map<string, AddedToken>()
  for (const token of [...(tokenizer.added_tokens ?? []), ...fromConfig]) {
    if (!addedTokens.has(token.content)) addedTokens.set(token.content, toAddedToken(token))
  }
  const model = { ...tokenizer.model, type: tokenizer.model.type ?? guessModelType(tokenizer.model) }
  for (const content of [...Object.values(namedTokens), ...extraTokens(settings)]) {
    const id = addedTokens.get(content)?.id ?? vocabularyId(model, content)
    const known = addedTokens.get(content)
    if (known === undefined && id !== null) addedTokens.set(content, toAddedToken({ id, content, special: true }))
  }
  return {
    addedTokens: [...addedTokens.values()].sort((a, b) => a.id - b.id),
    normalizer: tokenizer.normalizer ?? null,
    preTokenizer: tokenizer.pre_tokenizer ?? null,
    postProcessor: tokenizer.post_processor ?? null,
    decoder: tokenizer.decoder ?? null,
    model,
    namedTokens,
    chatTemplate: templateOf(settings.chat_template),
  }
}

function parseWith<T>(schema: z.ZodType<T>, value: unknown, name: string): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new TextError(
    'invalid_tokenizer',
    `${name} is not a tokenizer's file: at "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'unreadable'}. ` +
      'Build the model folder again from a source whose tokenizer transformers loads.',
  )
}

function toAddedToken(token: Partial<z.infer<typeof addedToken>> & { id: number; content: string }): AddedToken {
  const special = token.special ?? false
  return {
    id: token.id,
    content: token.content,
    singleWord: token.single_word ?? false,
    lstrip: token.lstrip ?? false,
    rstrip: token.rstrip ?? false,
    normalized: token.normalized ?? !special,
    special,
  }
}

function contentOf(token: z.infer<typeof configuredToken>): string | null {
  if (token === null || token === undefined) return null
  return typeof token === 'string' ? token : token.content
}

function extraTokens(settings: z.infer<typeof config>): string[] {
  const extra = settings.extra_special_tokens ?? []
  const all = [...(settings.additional_special_tokens ?? []), ...(Array.isArray(extra) ? extra : Object.values(extra))]
  return all.map(contentOf).filter((content) => content !== null && content !== '') as string[]
}

function templateOf(template: z.infer<typeof config>['chat_template']): string | null {
  if (template === null || template === undefined) return null
  if (typeof template === 'string') return template
  return template.find((entry) => entry.name === 'default')?.template ?? null
}

/** Files from before 2021 leave the model's type out. */
function guessModelType(model: Readonly<Record<string, unknown>>): string {
  if (Array.isArray(model.vocab)) return 'Unigram'
  return 'merges' in model ? 'BPE' : 'WordLevel'
}

/** The pairs of token and id of a model's own vocabulary, without added tokens. */
export function vocabularyEntries(model: Component): [string, number][] {
  if (Array.isArray(model.vocab)) return model.vocab.map((entry: unknown, id) => [String((entry as [string])[0]), id])
  return Object.entries((model.vocab ?? {}) as Record<string, number>)
}

function vocabularyId(model: Component, content: string): number | null {
  if (!Array.isArray(model.vocab)) {
    const vocabulary = (model.vocab ?? {}) as Record<string, number>
    return Object.hasOwn(vocabulary, content) ? (vocabulary[content] ?? null) : null
  }
  return vocabularyEntries(model).find(([token]) => token === content)?.[1] ?? null
}
