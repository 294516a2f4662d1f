/** A JSON Schema of the document; those that refer to others have nothing else. */
interface Schema {
  $ref?: string
  type?: string
  enum?: readonly unknown[]
  required?: string[]
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  maximum?: number
}
interface Document {
  paths: Record<string, { post?: { requestBody: Body; responses: Record<string, Body> } }>
  components: { schemas: Record<string, Schema> }
}
interface Body {
  content: Record<string, { schema: Schema }>
}

/** What a server has, which its document leaves open. */
export interface Served {
  /** What `model` can be. */
  readonly modelIds: readonly string[]
  /** What `decoding` can name. */
  readonly models: readonly string[]
  readonly rewards: readonly string[]
  readonly vocabularySize: number
}

const few = { type: 'integer', minimum: 1, maximum: 3 }
const formulas = { enum: ['dpo', 'dpo + 0.5*(dpo - sft)', 'max(dpo, sft)'] }
const isNull = { type: 'null' }

/** One of two fields, neither both nor none; the others of `more` go with the first alone. */
const eitherOf = (first: string, second: string, ...more: string[]): Schema[] => [
  { required: [first], properties: { [second]: isNull } },
  { required: [second], properties: Object.fromEntries([first, ...more].map((name) => [name, isNull])) },
]

/**
 * The document as of a server with these models: requests made of it name models and tokens that are there, are answered soon, and keep
 * to what only messages of errors tell, so that many of them are answered.
 */
export function narrowDocument(document: object, served: Served): object {
  const narrowed = structuredClone(document) as Document
  for (const [path, { post }] of Object.entries(narrowed.paths)) {
    const schema = post?.requestBody.content['application/json']?.schema
    if (!schema) continue
    narrowBody(path, schema, served)
    // Schemathesis takes this schema for that of an event with its `data`. The app under test checks what is in there.
    const stream = post?.responses[200]?.content['text/event-stream']
    if (stream) stream.schema = {}
  }
  for (const strategy of narrowed.components.schemas.Decoding?.anyOf ?? []) narrowStrategy(strategy, served)
  return narrowed
}

function narrowBody(path: string, schema: Schema, { modelIds, rewards, vocabularySize }: Served): void {
  const { properties: fields = {}, required = [] } = schema
  const tokenId = { type: 'integer', minimum: 0, maximum: vocabularySize - 1 }
  const tokens = { type: 'array', items: tokenId }
  const names = path === '/v1/score' ? rewards : modelIds
  replace(fields, {
    model: { enum: required.includes('model') ? names : [...names, null] },
    max_tokens: few,
    max_completion_tokens: few,
    min_tokens: { ...few, maximum: 1 },
    tokens,
    stop_token_ids: tokens,
  })
  for (const list of [fields.messages, fields.conversations]) narrowMessages(list)
  for (const prompt of fields.prompt?.anyOf ?? []) {
    if (prompt.items?.type === 'integer') prompt.items = tokenId
    if (prompt.items?.type === 'array') prompt.items.items = tokenId
  }
  if (path === '/tokenize') schema.anyOf = eitherOf('prompt', 'messages', 'add_special_tokens')
  if (path === '/v1/score') schema.anyOf = eitherOf('messages', 'conversations')
  if (fields.stream_options)
    schema.anyOf = [
      { required: ['stream'], properties: { stream: { enum: [true] } } },
      { properties: { stream_options: isNull } },
    ]
  if (fields.top_logprobs) {
    fields.logprobs = { enum: [true] }
    schema.required = [...required, 'logprobs']
  }
}

function narrowStrategy(strategy: Schema, { models, rewards }: Served): void {
  strategy.required = ['strategy', ...(strategy.required ?? [])]
  const [model, reward] = [{ enum: models }, { enum: rewards }]
  const changes = { model, base: model, expert: model, amateur: model, reward, formula: formulas, n: few, width: few }
  replace(strategy.properties ?? {}, changes)
}

/** Those fields alone that are there. */
function replace(fields: Record<string, Schema>, changes: Record<string, Schema>): void {
  for (const [name, change] of Object.entries(changes)) if (fields[name]) fields[name] = change
}

function narrowMessages(list: Schema | undefined): void {
  for (const schema of [list, ...(list?.anyOf ?? [])]) {
    const { items } = schema ?? {}
    if (items?.items) narrowMessages(items)
    if (!items?.properties?.content) continue
    items.properties.content = { type: 'string' }
    items.required = [...new Set([...(items.required ?? []), 'content'])]
  }
}
