import { afterAll, beforeAll, expect, test } from 'vitest'
import { openReward } from '../session/reward.js'
import { RewardServiceConnection } from '../session/reward-service.js'
import { installSchemathesis } from '../testing/schemathesis/install.js'
import { narrowDocument } from '../testing/schemathesis/narrow-document.js'
import { runSchemathesis } from '../testing/schemathesis/run.js'
import { serveApp } from '../testing/serve-app.js'
import { startToyGateway, type ToyGateway } from '../testing/toy-gateway.js'
import { ToyReward } from '../testing/toy-reward.js'
import { createOpenApi } from './openapi.js'
import { operationIds, operations } from './operations.js'

/** Requests made of /openapi.json by Schemathesis, right ones and wrong ones: no fault, and no answer that the document does not have. */

const packages = await installSchemathesis().catch((error: unknown) => {
  console.warn(`Schemathesis is not run: ${error instanceof Error ? error.message : String(error)}`)
  return null
})

const apiKey = 'key'
const toyReward = new ToyReward()
let rewardService: RewardServiceConnection
let gateway: ToyGateway
let server: Awaited<ReturnType<typeof serveApp>>
/** Answers of each status by route. */
const answers = new Map<string, number>()
beforeAll(async () => {
  gateway = await startToyGateway()
  rewardService = new RewardServiceConnection('picker', await toyReward.start())
  const rewards = new Map([['picker', await openReward('picker', rewardService)]])
  const app = gateway.app({ apiKeys: [apiKey], rewards })
  const { fetch } = app
  app.fetch = async (request, ...more) => {
    const response = await fetch(request, ...more)
    const route = `${request.method} ${new URL(request.url).pathname} ${response.status}`
    answers.set(route, (answers.get(route) ?? 0) + 1)
    return response
  }
  server = await serveApp(app)
})
afterAll(async () => {
  await server?.stop()
  gateway?.stop()
  rewardService?.close()
  toyReward.kill()
})

/** Without negative_data_rejection: the narrowed document forbids much that a server takes. */
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

test.skipIf(packages === null)(
  'every operation answers as the document says',
  async () => {
    const served = { modelIds: ['toy', 'toy/sample', 'toy/eft'], models: ['dpo', 'sft'], rewards: ['picker'] }
    const document = narrowDocument(createOpenApi(), { ...served, vocabularySize: gateway.pair.vocabularyLimit })
    const run = {
      packages: packages ?? '',
      document,
      url: server.url,
      apiKey,
      checks,
      examples: 30,
      timeoutMs: 240_000,
    }
    await runSchemathesis(run)
    // A document whose requests are all refused would prove little.
    for (const id of operationIds) {
      const { method, path } = operations[id]
      const answered = answers.get(`${method} ${path.replace('{id}', 'toy')} 200`) ?? 0
      expect([path, answered], JSON.stringify([...answers])).toEqual([
        path,
        expect.toSatisfy((count) => count >= (method === 'POST' ? 20 : 1)),
      ])
    }
  },
  300_000,
)
