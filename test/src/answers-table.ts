/**
 * What the embedded pair answers: ten prompts, each decoded greedily from both models and by AAD, as `tandem up` serves them.
 * Writes the table of docs/decoding.md.
 *
 * usage: npm run answers -w test [-- --max-tokens 48]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildModel, defaultPairName, findPair } from '@tandem/models'
import { replaceTable } from './precision/table.js'
import { embeddedPair } from './support/embedded-pair.js'
import { repositoryFolder } from './support/fixtures.js'
import { complete } from './support/rest.js'
import { startStack } from './support/stack.js'

/** Five of the card's, on topics that training did not see; then five that were written down before their answers were seen. */
const prompts = [
  'I need help with camping in the rain. What should I do?',
  'I feel lazy today. What can I do?',
  'Which city is the capital of Italy?',
  'Write a haiku about a garden.',
  'I never understood how cameras work. Please explain.',
  'How do I fix a squeaky door?',
  'Why do cats purr?',
  'List three things to pack for a hike.',
  'Which planet is the largest?',
  'Write a short email to ask my landlord to repair the heating.',
]
const strategies = ['greedy-sft', 'greedy-dpo', 'aad']

const { values } = parseArgs({ options: { 'max-tokens': { type: 'string', default: '48' } } })
const maxTokens = Number(values['max-tokens'])

/** An answer in a cell of the table: one line, with an ellipsis if it was cut. */
async function cell(url: string, prompt: string, strategy: string): Promise<string> {
  const messages = [{ role: 'user', content: prompt }]
  const request = { model: 'pair', messages, max_tokens: maxTokens, decoding: { strategy } }
  const { text, finish } = await complete(url, '/v1/chat/completions', request)
  const line = text
    .trim()
    .replaceAll('|', '\\|')
    .replaceAll('*', '\\*')
    .replace(/\s*\n\s*/g, ' / ')
  return finish === 'length' ? `${line} …` : line
}

const pair = findPair(defaultPairName)
const folder = await mkdtemp(join(tmpdir(), 'tandem-answers-'))
try {
  const { source, adapter } = await embeddedPair()
  const [sft, dpo] = [join(folder, 'sft'), join(folder, 'dpo')]
  await buildModel({ source, out: sft, precision: pair.precision })
  await buildModel({ source, adapter, out: dpo, precision: pair.precision })
  const stack = await startStack({ sft, dpo, pair: 'pair' })
  const lines = [
    ['prompt', ...strategies.map((strategy) => `\`${strategy}\``)],
    ['---', '---', '---', '---'],
  ]
  try {
    for (const prompt of prompts) {
      const cells = []
      for (const strategy of strategies) cells.push(await cell(stack.url, prompt, strategy))
      lines.push([prompt, ...cells])
    }
  } finally {
    await stack.stop()
  }
  const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
  const setting = `\`${pair.name}\` at \`${pair.precision}\`, at most ${maxTokens} tokens; " / " stands for a line break.`
  const path = join(repositoryFolder, 'docs/decoding.md')
  await writeFile(path, replaceTable(await readFile(path, 'utf8'), `${table}\n\n${setting}`, 'answers'))
  console.error(`wrote ${path}`)
} finally {
  await rm(folder, { recursive: true, force: true })
}
