/**
 * Installs the chart in a real cluster, does to it what operators do, and compares every answer
 * with the golden ones. `npm run cluster -w test -- --help` lists the options.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runCommand } from '@tandem/cli'
import { repositoryFolder } from '../support/fixtures.js'
import { replaceTable } from '../support/replace-table.js'
import { type ClusterArguments, parseClusterArguments, usage } from './arguments.js'
import { ClientPod } from './client-pod.js'
import { goldenRequests } from './golden.js'
import { prepareImages, registry, tag } from './images.js'
import { Kubernetes } from './kubernetes.js'
import { createKey, install, upgrade } from './release.js'
import type { StepContext, StepResult } from './step.js'
import { steps } from './steps/index.js'
import { isPassed, type StepRow, tableOf } from './table.js'

const document = join(repositoryFolder, 'docs/operations.md')
const names = { namespace: 'tandem-test', release: 'tandem' }
const model = 'smollm2-135m-adherence'
const log = (line: string) => console.error(`  ${line}`)

await runCommand(async ({ signal }) => {
  const args = parseClusterArguments(
    process.argv.slice(2),
    steps.map(({ key }) => key),
  )
  if (args.asksHelp) console.log(usage)
  else await run(args, signal)
}, false)

async function run(args: ClusterArguments, signal: AbortSignal): Promise<void> {
  await prepareImages(args, signal, log)
  const kubernetes = new Kubernetes({ ...names, prefix: args.prefix, signal })
  const rows: StepRow[] = []
  try {
    await runSteps(kubernetes, args, rows)
  } finally {
    if (!args.keeps) await kubernetes.kubectl(['delete', 'namespace', names.namespace, '--ignore-not-found'])
  }
  const version = JSON.parse(await kubernetes.kubectl(['version', '--output', 'json'])) as {
    readonly serverVersion: { readonly gitVersion: string }
  }
  const date = new Date().toISOString().slice(0, 10)
  const table = `${tableOf(rows)}\n\nKubernetes ${version.serverVersion.gitVersion}, one node, ${date}.`
  console.log(table)
  if (args.writes)
    await writeFile(document, replaceTable(await readFile(document, 'utf8'), table, 'npm run cluster -w test'))
  if (!rows.every(isPassed)) process.exitCode = 1
}

/** Installs the release and runs the steps. What came of each is added to the rows. */
async function runSteps(kubernetes: Kubernetes, { only, keeps }: ClusterArguments, rows: StepRow[]): Promise<void> {
  const { signal } = kubernetes.options
  const key = createKey()
  const installation = async () => {
    await install(kubernetes, key)
    const pods = await kubernetes.pods()
    return { tried: pods.length, passed: pods.filter(({ isReady }) => isReady).length, found: `${pods.length} pods` }
  }
  rows.push(await runStep('`helm install`, until all pods are ready', installation))
  if (!rows.every(isPassed)) return
  const url = `http://${names.release}-gateway`
  const client = await ClientPod.create(kubernetes, { image: `${registry}/tandem-gateway:${tag}`, url, key })
  const context: StepContext = {
    kubernetes,
    client,
    golden: goldenRequests(model),
    url,
    apiKey: key,
    signal,
    upgrade: (values) => upgrade(kubernetes, values),
    log,
  }
  for (const step of steps.filter(({ key: name }) => only.length === 0 || only.includes(name))) {
    if (keeps && step.key === 'uninstall') continue
    console.error(`${step.key}: ${step.title}`)
    rows.push(await runStep(step.title, () => step.run(context)))
    log(tableOf(rows.slice(-1)).split('\n').at(-1) ?? '')
  }
}

async function runStep(title: string, run: () => Promise<StepResult>): Promise<StepRow> {
  const startMs = performance.now()
  const result = await run().catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))))
  return { step: { title }, result, seconds: (performance.now() - startMs) / 1000 }
}
