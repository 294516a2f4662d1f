import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'yaml'
import { freePort } from '../../support/processes.js'
import { deployedFolder, readDeployed } from './deployed.js'
import { startProgram } from './start-program.js'

/** A series of the result of a query. */
export interface ResultSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value: number
}

/** A Prometheus that scrapes a stack. */
export interface Prometheus {
  /**
   * Evaluates an expression now.
   * @throws Error with Prometheus's words
   */
  query(expression: string): Promise<readonly ResultSeries[]>
  /** Returns the value of a path of its HTTP API. */
  get(path: string): Promise<unknown>
  stop(): Promise<void>
}

interface Configuration {
  global: Record<string, string>
  rule_files: string[]
  scrape_configs: { job_name: string; static_configs: { targets: string[] }[] }[]
}

/**
 * Starts Prometheus with the configuration of deploy/observability, with the addresses of a stack
 * and an interval of one second.
 * @param folder for its data
 * @param metricsUrls the gateway's, then those of the services
 */
export async function startPrometheus(folder: string, metricsUrls: readonly string[]): Promise<Prometheus> {
  const file = join(folder, 'prometheus.yaml')
  await writeFile(file, JSON.stringify(toConfiguration(metricsUrls.map((url) => new URL(url).host))))
  const address = `127.0.0.1:${await freePort()}`
  const paths = [`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`]
  const args = [...paths, `--web.listen-address=${address}`, '--log.level=warn']
  const stop = await startProgram('prometheus', args, async () => (await fetch(`http://${address}/-/ready`)).ok)
  return { query: (expression) => query(address, expression), get: (path) => get(address, path), stop }
}

function toConfiguration([gateway = '', ...services]: readonly string[]): Configuration {
  const configuration = parse(readDeployed('prometheus.yaml')) as Configuration
  const targets: Readonly<Record<string, string[]>> = { 'tandem-gateway': [gateway], 'tandem-services': services }
  return {
    global: { ...configuration.global, scrape_interval: '1s', scrape_timeout: '1s', evaluation_interval: '1s' },
    rule_files: configuration.rule_files.map((name) => join(deployedFolder, name)),
    scrape_configs: configuration.scrape_configs.map((job) => ({
      ...job,
      static_configs: [{ targets: targets[job.job_name] ?? [] }],
    })),
  }
}

async function get(address: string, path: string): Promise<unknown> {
  const response = await fetch(`http://${address}/api/v1/${path}`)
  const { data, error } = (await response.json()) as { data?: unknown; error?: string }
  if (error !== undefined) throw new Error(`${path}: ${error}`)
  return data
}

async function query(address: string, expression: string): Promise<ResultSeries[]> {
  const data = await get(address, `query?query=${encodeURIComponent(expression)}`)
  const { result } = data as { result: readonly { metric: Record<string, string>; value: [number, string] }[] }
  return result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }))
}
