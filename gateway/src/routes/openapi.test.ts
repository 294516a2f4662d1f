import { afterAll, beforeAll, expect, test } from 'vitest'
import { strategyNames } from '../decode/strategies/index.js'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { docsPaths } from './docs.js'
import { createOpenApi } from './openapi.js'

let gateway: ToyGateway
beforeAll(async () => {
  gateway = await startToyGateway()
})
afterAll(() => gateway.stop())

test('/openapi.json has every route, with the fields that the app parses', async () => {
  const app = gateway.app({ apiKeys: ['key'] })
  const headers = { authorization: 'Bearer key' }
  const document = (await (await app.request('/openapi.json', { headers })).json()) as { paths: Record<string, object> }
  const routes = new Set(
    app.routes.map(({ path }) => path.replace(/:(\w+)\{\.\+\}/, '{$1}')).filter((path) => path !== '/*'),
  )
  expect(Object.keys(document.paths)).toEqual(
    [...routes].filter((path) => !path.endsWith('*') && !docsPaths.includes(path)),
  )
  const { requestBody } = (document.paths['/v1/chat/completions'] as { post: { requestBody: unknown } }).post
  const nullable = (schema: object) => ({ anyOf: [schema, { type: 'null' }] })
  expect(requestBody).toMatchObject({
    content: {
      'application/json': {
        schema: {
          required: ['model', 'messages'],
          properties: {
            temperature: nullable({ type: 'number', minimum: 0, maximum: 2 }),
            decoding: nullable({ $ref: '#/components/schemas/Decoding' }),
            stop_token_ids: nullable({ type: 'array', maxItems: 256 }),
            logit_bias: nullable({ type: 'object', maxProperties: 1024 }),
          },
        },
      },
    },
  })
  const [first] = (document as unknown as { components: { schemas: { Decoding: { anyOf: object[] } } } }).components
    .schemas.Decoding.anyOf
  expect(first).toMatchObject({ properties: { strategy: { const: 'aad' }, alpha: { default: 0.1 } } })
  const { responses } = (document.paths['/v1/chat/completions'] as { post: { responses: unknown } }).post
  const reference = (name: string) => ({ $ref: `#/components/schemas/${name}` })
  expect(responses).toMatchObject({
    200: {
      content: {
        'application/json': { schema: reference('ChatCompletion') },
        'text/event-stream': { schema: { anyOf: [reference('ChatCompletionChunk'), reference('Error')] } },
      },
    },
    429: { $ref: '#/components/responses/TooManyRequests' },
  })
  expect(JSON.stringify(document)).toEqual(JSON.stringify(await (await gateway.app().request('/openapi.json')).json()))
})

test('every reference of /openapi.json exists, and every named component is referenced', () => {
  const text = JSON.stringify(createOpenApi())
  const document = JSON.parse(text) as { components: Record<string, Record<string, object>> }
  const references = new Set(
    [...text.matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)].map(([, kind, name]) => `${kind}/${name}`),
  )
  const named = Object.entries(document.components).flatMap(([kind, entries]) =>
    kind === 'securitySchemes' ? [] : Object.keys(entries).map((name) => `${kind}/${name}`),
  )
  expect([...references].sort()).toEqual(named.sort())
})

/** Finds every property of a JSON Schema at any depth, with its place. */
function findProperties(schema: unknown, place: string): [string, { description?: string; default?: unknown }][] {
  if (typeof schema !== 'object' || schema === null) return []
  return Object.entries(schema).flatMap(([key, value]) =>
    key === 'properties'
      ? Object.entries(value as object).flatMap(([name, property]) => [
          [`${place}.${name}`, property] as [string, object],
          ...findProperties(property, `${place}.${name}`),
        ])
      : findProperties(value, place),
  )
}

test('every property of a request has a description in sentences, and its default if it has one', () => {
  const { paths, components } = createOpenApi() as {
    paths: Record<string, { post?: { requestBody: object } }>
    components: { schemas: { Decoding: { anyOf: object[] } } }
  }
  const bodies = Object.entries(paths).flatMap(([path, { post }]) => findProperties(post?.requestBody, path))
  const strategies = components.schemas.Decoding.anyOf.flatMap((one, i) => findProperties(one, `${strategyNames[i]}`))
  const all = [...bodies, ...strategies]
  expect(all.length).toBeGreaterThan(100)
  expect(all.filter(([, { description }]) => !/^[A-Z].*\.$/.test(description ?? '')).map(([place]) => place)).toEqual(
    [],
  )
  const defaults = Object.fromEntries(all.map(([place, property]) => [place, property.default]))
  expect(defaults).toMatchObject({
    '/v1/chat/completions.n': 1,
    '/v1/chat/completions.stream': false,
    '/v1/chat/completions.repetition_penalty': 1,
    '/v1/completions.skip_special_tokens': true,
    'eft.beta': 4,
    'eft.seed': undefined,
    'formula.filter': null,
    'random-of-n.top_p': 0.9,
  })
})
