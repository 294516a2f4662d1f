/** A JSON Schema of the document. A schema with $ref has no other keys. */
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

/** Facts about a server that its document does not have. */
export interface Served {
  /** Possible values of `model`. */
  readonly modelIds: readonly string[]
  /** Possible names in `decoding`. */
  readonly models: readonly string[]
  readonly rewards: readonly string[]
  readonly vocabularySize: number
}

const few = { type: 'integer', minimum: 1, maximum: 3 }
const formulas = { enum: ['dpo', 'dpo + 0.5*(dpo - sft)', 'max(dpo, sft)'] }
const isNull = { type: 'null' }

/** Requires exactly one of two fields. The fields of `more` are allowed only with the first. */
const eitherOf = (first: string, second: string, ...more: string[]): Schema[] => [
  { required: [first], properties: { [second]: isNull } },
  { required: [second], properties: Object.fromEntries([first, ...more].map((name) => [name, isNull])) },
]

/**
 * Narrows the document to a server with these models, so that most requests made from it succeed:
 * they name existing models and tokens, are answered soon, and follow the rules that only error
 * messages tell.
 */
export function narrowDocument(document: object, served: Served): object {
  const narrowed = structuredClone(document) as Document
  for (const [path, { post }] of Object.entries(narrowed.paths)) {
    const schema = post?.requestBody.content['application/json']?.schema
    if (!schema) continue
    narrowBody(path, schema, served)
    // Schemathesis would compare this schema with a whole event and its `data`. The app itself is
    // tested for its content.
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

/** Replaces only fields that exist. */
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
