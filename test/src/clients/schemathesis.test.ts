import { join } from 'node:path'
import { type ServedToys, serveToys } from '@tandem/gateway/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { installPython } from '../support/installed.js'
import { narrowDocument } from '../support/schemathesis/narrow-document.js'
import { runSchemathesis } from '../support/schemathesis/run.js'

/**
 * Sends valid and invalid requests that Schemathesis derives from /openapi.json, to a server with
 * API keys, limits and two replicas of each model. No request may fail with an internal error,
 * every answer must match the document, and no replica may keep a session.
 */

const installed = await installPython('schemathesis', [3, 10])
if ('missing' in installed) console.warn(`Schemathesis is not run: ${installed.missing}`)
const python = 'folder' in installed ? join(installed.folder, 'venv/bin/python') : ''

let toys: ServedToys
beforeAll(async () => {
  if (python !== '') toys = await serveToys()
})
afterAll(() => toys?.stop())

/**
 * Without negative_data_rejection, because the narrowed document forbids many values that a server
 * accepts.
 */
const checks = [
  'not_a_server_error',
  'status_code_conformance',
  'content_type_conformance',
  'response_headers_conformance',
  'response_schema_conformance',
  'missing_required_header',
  'unsupported_method',
  'allow_header_conformance',
  'ignored_auth',
]

test.skipIf(python === '')('every operation answers as documented', async () => {
  const { url, apiKey, vocabularySize, answers } = toys
  const served = { modelIds: ['toy', 'toy/sample', 'toy/eft'], models: ['dpo', 'sft'], rewards: ['picker'] }
  const whole = (await (
    await fetch(`${url}/openapi.json`, { headers: { authorization: `Bearer ${apiKey}` } })
  ).json()) as { paths: Record<string, object> }
  const document = narrowDocument(whole, { ...served, vocabularySize })
  await runSchemathesis({ python, document, url, apiKey, checks, examples: 30, timeoutMs: 540_000 })
  await expect.poll(() => toys.findLeftovers()).toEqual([])
  const operations = Object.entries(whole.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => [method.toUpperCase(), path] as const),
  )
  expect(operations.length).toBeGreaterThan(10)
  // The test would prove little if most requests were refused.
  for (const [method, path] of operations) {
    const answered = answers.get(`${method} ${path.replace('{id}', 'toy')} 200`) ?? 0
    expect([path, answered], JSON.stringify([...answers])).toEqual([
      path,
      expect.toSatisfy((count) => count >= (method === 'POST' ? 20 : 1)),
    ])
  }
})
