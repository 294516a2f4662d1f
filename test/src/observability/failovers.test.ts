import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseSamples } from '@tandem/telemetry/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { tinyFolder } from '../support/fixtures.js'
import { heldSessions } from '../support/held-sessions.js'
import { waitUntilGone } from '../support/processes.js'
import { SupervisedUp } from '../support/supervised-up.js'

/** What an operator sees if a service is killed while it answers. */

const exitLimitMs = 90_000
const models = ['--sft', tinyFolder('llama-tied'), '--dpo', tinyFolder('llama-tied+lora')]
const form = ['--precision', 'fp32', '--no-paired', '--replicas', '2', '--metrics', '127.0.0.1:0']

let home: string
let running: SupervisedUp
let metricsUrl = ''
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'tandem-failovers-'))
  running = await SupervisedUp.start([...models, ...form], { TANDEM_HOME: home })
})
afterAll(async () => {
  if (running) {
    const pids = running.up.children().map(({ pid }) => pid)
    running.up.process.kill('SIGKILL')
    await waitUntilGone(pids, exitLimitMs)
  }
  await rm(home, { recursive: true, force: true })
})

/** Returns the samples of one of the gateway's metrics, by their labels after `model_name`. */
async function samplesOf(name: string): Promise<ReadonlyMap<string, number>> {
  const samples = parseSamples(await (await fetch(metricsUrl)).text())
  const prefix = `tandem_${name}{model_name="${running.up.model}",`
  return new Map(
    [...samples].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length, -1), value]] : [])),
  )
}

const readyDpos = async () => (await samplesOf('replicas')).get('service="logit",model="dpo",state="ready"')

/** Returns the replicas that /info counts for a model. */
async function replicasOf(name: string): Promise<unknown> {
  const info = (await (await fetch(`${running.up.url}/info`)).json()) as {
    models: { name: string; replicas: unknown }[]
  }
  return info.models.find((model) => model.name === name)?.replicas
}

const servicesOf = (role: string) => running.services.filter((service) => service.role === role)

/** Returns the DPO services that hold a session. */
async function usedDpos() {
  const dpos = servicesOf('dpo')
  const held = await Promise.all(dpos.map(({ address }) => heldSessions(address)))
  return dpos.filter((_, i) => held[i] !== 0)
}

test('a killed service is one failover of one answer, and is ready again after its restart', async () => {
  await expect.poll(() => running.up.output()).toMatch(/Metrics of the gateway: \S+\n/)
  metricsUrl = /Metrics of the gateway: (\S+)/.exec(running.up.output())?.[1] ?? ''
  await expect.poll(readyDpos).toBe(2)
  // Without the SFT services the answer waits for its first token.
  for (const service of servicesOf('sft')) running.kill(service, 'SIGSTOP')
  const answer = fetch(`${running.up.url}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: running.up.model,
      prompt: [4, 388, 365],
      max_tokens: 200,
      ignore_eos: true,
      stream: true,
    }),
  })
  await expect.poll(usedDpos).toHaveLength(1)
  for (const service of await usedDpos()) running.kill(service, 'SIGKILL')
  for (const service of servicesOf('sft')) running.kill(service, 'SIGCONT')
  const text = await (await answer).text()
  expect(text).toMatch(/"finish_reason":"length"[\s\S]*\[DONE\]\s*$/)

  expect(await samplesOf('failovers_total')).toEqual(new Map([['model="dpo",reason="unavailable"', 1]]))
  expect((await samplesOf('failover_pause_seconds_count')).get('model="dpo"')).toBe(1)
  await expect.poll(() => running.up.output()).toMatch(/"failovers":1,.*"msg":"request"/)
  await running.waitUntilServing()
  await expect.poll(readyDpos).toBe(2)
  expect(await replicasOf('dpo')).toEqual({ connecting: 0, ready: 2, draining: 0, ejected: 0, refused: 0 })
})
