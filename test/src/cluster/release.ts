import { randomBytes } from 'node:crypto'
import { registry, tag } from './images.js'
import type { Kubernetes } from './kubernetes.js'

const chart = 'deploy/helm/tandem'
const timeoutS = 900
const limitMs = (timeoutS + 30) * 1000

/** The API key of the clients. */
export const createKey = (): string => `sk-${randomBytes(16).toString('hex')}`

/** The pods share the cores of one small machine: they ask for little and may use all. */
const resources = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '3Gi' } }

/** Longer than any answer of the proof. The chart refuses a drain that is shorter. */
const requestTimeoutMs = 120_000

const service = (path: string) => ({ resources, source: { image: { path } } })

/** The values of the chart. What they leave out has its default. */
const valuesOf = (key: string): object => ({
  image: { registry, tag, pullPolicy: 'IfNotPresent' },
  apiKeys: { keys: [key] },
  gateway: {
    resources,
    settings: { request_timeout_ms: requestTimeoutMs, drain_ms: requestTimeoutMs, drain_delay_ms: 3_000 },
  },
  models: { sft: service('/models/sft'), dpo: service('/models/dpo') },
})

/** Installs the chart and waits until all pods are ready. */
export async function install(kubernetes: Kubernetes, key: string): Promise<void> {
  const { release } = kubernetes.options
  const wait = ['--create-namespace', '--wait', '--timeout', `${timeoutS}s`]
  const input = JSON.stringify(valuesOf(key))
  await kubernetes.helm(['install', release, chart, '--values', '-', ...wait], { input, limitMs })
}

/** Changes values of the release, and waits until all pods are replaced that must be. */
export async function upgrade(kubernetes: Kubernetes, values: readonly string[]): Promise<void> {
  const set = values.flatMap((value) => ['--set', value])
  const { release } = kubernetes.options
  await kubernetes.helm(['upgrade', release, chart, '--reuse-values', ...set, '--wait', '--timeout', `${timeoutS}s`], {
    limitMs,
  })
  await kubernetes.waitForRollout()
}
