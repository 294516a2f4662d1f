/**
 * Measures the memory of a logit service at each precision: of the model folder, of the process
 * without sessions, and of the process with sessions of 1,024 tokens. Writes the table into
 * docs/operations.md.
 *
 * usage: npm run memory -w bench
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ManagedProcess, ServiceClient } from '@tandem/cli'
import { buildModel, loadManifest, type Precision } from '@tandem/models'
import { embeddedPair, markdownTable, replaceTable, repositoryFolder } from '@tandem/test'
import { syntheticIds } from '../engine-steps.js'
import { findHardware } from '../measure/report.js'
import { residentBytes } from '../measure/resident-bytes.js'

const precisions: readonly Precision[] = ['fp32', 'int8', 'int4', 'native']
const sessions = 8
const tokens = 1024
const modulePath = fileURLToPath(import.meta.resolve('@tandem/services/logit-main'))
const { signal } = new AbortController()

interface Memory {
  /** Bytes of the graph and the weights. */
  readonly model: number
  readonly kvPerToken: number
  /** Resident bytes without sessions, with one, and with all. */
  readonly idle: number
  readonly one: number
  readonly all: number
}

async function measure(folder: string): Promise<Memory> {
  const environment = { ...process.env, TANDEM_MODEL: folder, TANDEM_ROLE: 'dpo', TANDEM_LISTEN: '127.0.0.1:0' }
  const service = await ManagedProcess.start({ name: 'DPO service', modulePath, environment }, () => undefined, signal)
  try {
    const client = new ServiceClient((await service.ready(signal)).at, signal)
    const read = () => residentBytes(service.pid ?? -1)
    const { kvBytesPerToken: kvPerToken } = await client.getModel()
    const idle = await read()
    await client.openSession().append(syntheticIds(tokens))
    const one = await read()
    for (let session = 1; session < sessions; session++) await client.openSession().append(syntheticIds(tokens))
    const all = await read()
    client.close()
    const { files } = await loadManifest(folder)
    const weights = Object.entries(files).filter(([name]) => name.startsWith('model.onnx'))
    return { model: weights.reduce((sum, [, { bytes }]) => sum + bytes, 0), kvPerToken, idle, one, all }
  } finally {
    await service.stop()
  }
}

const megabytes = (bytes: number) => `${Math.round(bytes / 1e6)}`
const row = (precision: string, { model, kvPerToken, idle, one, all }: Memory) => {
  const cells = [megabytes(model), megabytes(idle), megabytes(one), megabytes(all), megabytes(kvPerToken * tokens)]
  return [`\`${precision}\``, ...cells]
}

const parent = await mkdtemp(join(tmpdir(), 'tandem-memory-'))
try {
  const { source, adapter } = await embeddedPair()
  const header = [
    ...['precision', 'graph and weights', 'process', 'with 1 session', `with ${sessions} sessions`],
    'keys and values of a session',
  ]
  const rows: string[][] = []
  for (const precision of precisions) {
    const folder = join(parent, precision)
    await buildModel({ source, adapter, out: folder, precision })
    rows.push(row(precision, await measure(folder)))
    await rm(folder, { recursive: true })
    console.error(rows.at(-1)?.join(' '))
  }
  const { processor, node } = findHardware()
  const setting = `MB; sessions of ${tokens} tokens; the DPO model of the embedded pair, 135 million parameters; ${processor}; Node ${node}, ${new Date().toISOString().slice(0, 10)}.`
  const path = join(repositoryFolder, 'docs/operations.md')
  const table = `${markdownTable({ header, rows })}\n\n${setting}`
  await writeFile(path, replaceTable(await readFile(path, 'utf8'), table, 'npm run memory -w bench'))
} finally {
  await rm(parent, { recursive: true, force: true })
}
