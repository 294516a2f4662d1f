// Prints the time that `buildReport` takes, and a hash of the report: a faster version must keep
// every number.
// node report-time.mjs [methods|all|ties] [PROMPTS]
import { createHash } from 'node:crypto'
import { buildReport, parseResults } from '../dist/report/index.js'
import { createRandomIndex } from '../dist/statistics/random-index.js'

const [kind = 'methods', prompts = '805'] = process.argv.slice(2)
const next = createRandomIndex(5)
const methods = ['aad', 'greedy-dpo', 'greedy-sft', 'eft', 'contrastive', 'beam', 'aad-beam']
const alphas = kind === 'methods' ? [] : [0.05, 0.1, 0.2, 0.3, 0.5]
const strategyOf = (id, strategy, parameters, role) => ({ id, label: id, strategy, parameters, pair: 'p', role })
const strategies = [
  ...methods.map((name) => strategyOf(name, name, {}, 'method')),
  ...(kind === 'methods' ? [] : [strategyOf('pool', 'sample', {}, 'pool')]),
  ...alphas.map((alpha) => strategyOf(`aad alpha=${alpha}`, 'aad', { alpha }, 'sweep')),
]
const asked = Array.from({ length: Number(prompts) }, (_, i) => ({ id: `p${i}`, text: `P ${i}`, dataset: 'set' }))
const wordsOf = (count) => Array.from({ length: count }, () => `word${next(500)}`).join(' ')
const answerOf = (strategy, rank, prompt, sample) => {
  const oracle = next(4000) / 1000 + rank / 20
  const score = kind === 'ties' ? Math.round(oracle) : oracle
  return { prompt, strategy, sample, text: wordsOf(100), tokens: 20 + next(100), oracle: score, picker: next(100) / 10 }
}
const answers = strategies.flatMap(({ id: strategy, role }, rank) =>
  asked.flatMap(({ id }) =>
    Array.from({ length: role === 'pool' ? 16 : 1 }, (_, sample) => answerOf(strategy, rank, id, sample)),
  ),
)
const results = parseResults({
  ...{ format: 'tandem-evaluation/1', title: 't', createdAt: '2026-11-30T12:00:00Z', facts: {}, oracle: 'o' },
  ...{ picker: 'k', reference: 'aad', baseline: 'greedy-sft', strategies, prompts: asked, answers, heldOut: [] },
})
const before = process.cpuUsage()
const report = buildReport(results)
const { user, system } = process.cpuUsage(before)
const hash = createHash('sha256').update(JSON.stringify(report)).digest('hex').slice(0, 16)
console.log(`${kind}, ${prompts} prompts: ${((user + system) / 1e6).toFixed(2)} s of CPU, report ${hash}`)
