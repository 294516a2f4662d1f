/**
 * Measures the effect of each precision on the embedded pair. Writes the table into
 * docs/precision.md.
 *
 * usage: npm run precision -w bench [-- --prompts 16 --rounds 30]
 */
import { readFile, writeFile } from 'node:fs/promises'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { embeddedPair, readGoldenRows, replaceTable, repositoryFolder } from '@tandem/test'
import { measurePair, type Variant } from './precision/measure-pair.js'
import { precisionTable } from './precision/precision-table.js'

const { values } = parseArgs({
  options: { prompts: { type: 'string', default: '16' }, rounds: { type: 'string', default: '30' } },
})
const rows = readGoldenRows('smollm2-pair.jsonl', ['aad'])
  .filter((row) => row.params.alpha === 0.1)
  .slice(0, Number(values.prompts))

const variants: Variant[] = (['fp32', 'fp16', 'int8', 'int4', 'native', 'fast'] as const).flatMap((precision) =>
  [false, true].map((merge) => ({ precision, merge })),
)
const measured = await measurePair({
  pair: await embeddedPair(),
  variants,
  rows,
  rounds: Number(values.rounds),
  onProgress: (text) => console.error(text),
})

const steps = rows.reduce((sum, row) => sum + row.margins.length, 0)
const setting =
  `${rows.length} golden prompts, ${steps} steps; ${cpus()[0]?.model ?? 'unknown processor'}, ` +
  `${availableParallelism()} cores, one thread, ${values.rounds} timed steps each; ` +
  `Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}.`
const path = join(repositoryFolder, 'docs/precision.md')
const table = `${precisionTable(measured)}\n\n${setting}`
await writeFile(path, replaceTable(await readFile(path, 'utf8'), table, 'npm run precision -w bench'))
console.error(`wrote ${path}`)
