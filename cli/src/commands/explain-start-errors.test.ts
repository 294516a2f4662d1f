import { Server, ServerCredentials } from '@grpc/grpc-js'
import { afterEach, expect, it } from 'vitest'
import { loadSettings } from '../config/load-settings.js'
import type { UpFlags } from '../config/read-flags.js'
import { explainStartErrors } from './explain-start-errors.js'

const server = new Server()
afterEach(() => server.forceShutdown())

async function explain(message: string, flags: UpFlags, environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const loaded = await loadSettings(flags, environment, '/nowhere')
  const { signal } = new AbortController()
  const failing = explainStartErrors(loaded, signal, () => Promise.reject(new Error(message)))
  return failing.then(String, (error: Error) => error.message)
}

it('names each setting whose service does not answer, and says what to start there', async () => {
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    )
  })
  const model = [{ name: 'amateur', source: 'grpc://127.0.0.1:1' }]
  const message = await explain(
    'unreachable',
    { dpo: `grpc://127.0.0.1:${port}`, model, reward: [{ name: 'picker', source: 'grpc://127.0.0.1:2' }] },
    { TANDEM_SFT: '127.0.0.1:1' },
  )
  const unreachable = (label: string, address: string, command: string) =>
    `${label} grpc://${address}: no service answers at that address. Start one there with ` +
    `"TANDEM_MODEL=FOLDER TANDEM_LISTEN=${address} ${command}" ("tandem build" makes FOLDER), ` +
    'or give a source to serve here'
  expect(message.split('\n')).toEqual([
    unreachable('TANDEM_SFT', '127.0.0.1:1', 'TANDEM_ROLE=sft node services/dist/logit/main.js'),
    unreachable('--model amateur', '127.0.0.1:1', 'TANDEM_ROLE=amateur node services/dist/logit/main.js'),
    unreachable('--reward picker', '127.0.0.1:2', 'node services/dist/reward/main.js'),
  ])
  expect(message).not.toContain(`${port}`)
})

it.each<[UpFlags, NodeJS.ProcessEnv, string]>([
  [{ device: 'cuda' }, {}, 'no device of --device. Set --device cuda,cpu; TANDEM_DEVICES'],
  [{}, { TANDEM_DEVICE: 'cuda' }, 'no device of TANDEM_DEVICE. Set TANDEM_DEVICE=cuda,cpu; TANDEM_DEVICES'],
])('names variables as they were set: %j %j', async (flags, environment, expected) => {
  const said = 'no device of TANDEM_DEVICE. Set TANDEM_DEVICE=cuda,cpu; TANDEM_DEVICES'
  expect(await explain(said, flags, environment)).toBe(expected)
})
