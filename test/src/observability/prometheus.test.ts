import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildModel } from '@tandem/models'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fixturesFolder, tinyFolder } from '../support/fixtures.js'
import { type Stack, startStack } from '../support/stack.js'
import { type Collector, type CollectorMode, startCollector } from './testing/collector.js'
import { type DeployedExpression, dashboardExpressions, ruleExpressions } from './testing/deployed.js'
import { chat, driveRequests } from './testing/drive-requests.js'
import { type Prometheus, startPrometheus } from './testing/prometheus.js'
import { runPromtool, withoutPrometheus } from './testing/promtool.js'

/**
 * A real Prometheus scrapes all processes of a real stack. Every query of the dashboard and every
 * alert rule must find what it reads.
 */

/** Alerts that read what happens only when a service is down; a later test stops one. */
const needsFailure = ['TandemErrors']

/** Returns what a rule compares with its limit, so that it has a value if nothing is wrong. */
const withoutLimit = ({ expression, ...rest }: DeployedExpression) => ({
  ...rest,
  expression: expression.replaceAll(/(==|>)\s*[\d.]+/g, ''),
})

const expressions = [
  ...dashboardExpressions(),
  ...ruleExpressions()
    .filter(({ name }) => !needsFailure.includes(name))
    .map(withoutLimit),
]

describe.skipIf(withoutPrometheus)(`Prometheus${withoutPrometheus}`, () => {
  let folder: string
  let stack: Stack
  let collector: Collector
  let prometheus: Prometheus
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-prometheus-'))
    const source = tinyFolder('llama-tied')
    const [sft, dpo, picker] = [join(folder, 'sft'), join(folder, 'dpo'), join(folder, 'picker')]
    await buildModel({ source, out: sft, precision: 'fp32' })
    await buildModel({ source, adapter: tinyFolder('llama-tied+lora'), out: dpo, precision: 'fp32' })
    await buildModel({ source: join(fixturesFolder, 'tiny-reward/base'), out: picker })
    collector = await startCollector()
    const env = {
      TANDEM_SESSION_TTL_MS: '10',
      // The limit of a probe too: a service that is not ready has also lost its sessions.
      TANDEM_HANG_MS: '2000',
      TANDEM_REPLAY_TIMEOUT_MS: '5000',
      TANDEM_MAX_CONCURRENT: '1',
      TANDEM_MAX_WAITING: '1',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_METRICS_EXPORTER: 'none',
      // A few requests fill this queue.
      OTEL_BSP_MAX_QUEUE_SIZE: '16',
      OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '8',
    }
    stack = await startStack({ sft, dpo, rewards: { picker }, pair: 'tiny', env })
    prometheus = await startPrometheus(folder, stack.metricsUrls)
  })
  afterAll(async () => {
    await prometheus?.stop()
    await stack?.stop()
    collector?.close()
    await rm(folder, { recursive: true, force: true })
  })

  /** Returns the names of the expressions that have no number. */
  const withoutNumber = async (list: readonly DeployedExpression[]): Promise<string[]> => {
    const found = await Promise.all(
      list.map(async ({ name, expression }) => {
        const result = await prometheus.query(expression)
        return result.some(({ value }) => !Number.isNaN(value)) ? [] : [name]
      }),
    )
    return found.flat()
  }

  const targets = async () => {
    const { activeTargets } = (await prometheus.get('targets')) as {
      activeTargets: readonly { labels: { job: string }; health: string; lastError: string }[]
    }
    return activeTargets.map(({ labels, health, lastError }) => `${labels.job} ${health} ${lastError}`).sort()
  }

  test('scrapes every process', async () => {
    expect(stack.metricsUrls.length).toBe(4)
    const services = Array(3).fill('tandem-services up ')
    await expect.poll(targets).toEqual(['tandem-gateway up ', ...services])
  })

  // On a busy machine most steps find their sessions idle for too long, and send all tokens again.
  test('finds a number for every query of the dashboard and for every alert rule', { timeout: 1_800_000 }, async () => {
    const modes: readonly CollectorMode[] = ['accept', 'refuse', 'hold']
    let round = 0
    await expect
      .poll(
        async () => {
          collector.become(modes[round++ % modes.length] ?? 'accept')
          await driveRequests(stack)
          return withoutNumber(expressions)
        },
        { interval: 1_000, timeout: 1_700_000 },
      )
      .toEqual([])
    collector.become('accept')
  })

  test('sees the gauges return to 0', async () => {
    const busy = ['tandem_num_requests_running', 'tandem_num_requests_waiting', 'tandem_step_queue_length']
    const valuesOf = async (name: string) => (await prometheus.query(name)).map(({ value }) => value)
    for (const name of busy)
      await expect.poll(async () => new Set(await valuesOf(name)), { interval: 200 }).toEqual(new Set([0]))
  })

  test('evaluates every alert rule without an error', async () => {
    const states = async () => {
      const { groups } = (await prometheus.get('rules')) as {
        groups: readonly { rules: readonly { name: string; health: string; lastError?: string }[] }[]
      }
      return groups.flatMap(({ rules }) => rules.map(({ name, health, lastError }) => [name, health, lastError]))
    }
    await expect.poll(states).toEqual(ruleExpressions().map(({ name }) => [name, 'ok', undefined]))
  })

  test('promtool finds no fault in the metrics of any process', async () => {
    for (const url of stack.metricsUrls) {
      const { code, output } = runPromtool(['check', 'metrics'], await (await fetch(url)).text())
      const own = output.split('\n').filter((line) => !line.startsWith('otel_sdk_'))
      expect(own.join('\n').trim()).toBe('')
      expect([0, 3]).toContain(code)
    }
  })

  test('sees a service that is down, and the requests that fail', async () => {
    const alerts = ['TandemServiceDown', 'TandemNoReplica', 'TandemErrors']
    const down = ruleExpressions().filter(({ name }) => alerts.includes(name))
    stack.dpo.kill('SIGKILL')
    await expect
      .poll(
        async () => {
          expect((await chat(stack.url, {})).status).toBeGreaterThanOrEqual(500)
          return withoutNumber(down)
        },
        { interval: 500, timeout: 560_000 },
      )
      .toEqual([])
    expect(await prometheus.query('up == 0')).toMatchObject([{ metric: { job: 'tandem-services' } }])
  })
})
