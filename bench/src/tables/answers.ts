/**
 * Prints the answers of the embedded pair to ten prompts, each decoded greedily from both models
 * and by AAD. The README quotes from this table.
 *
 * usage: npm run answers -w bench [-- --max-tokens 48]
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildModel, defaultPairName, findPair } from '@tandem/models'
import { complete, embeddedPair, startStack } from '@tandem/test'

/**
 * Five prompts of the pair's card, on topics outside its training data, then five prompts that were
 * chosen before their answers were seen.
 */
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

/** Returns an answer as one line of a table cell, with an ellipsis if the answer was cut. */
async function answerCell(url: string, prompt: string, strategy: string): Promise<string> {
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
  console.log(`| prompt | ${strategies.map((strategy) => `\`${strategy}\``).join(' | ')} |\n|---|---|---|---|`)
  try {
    for (const prompt of prompts) {
      const cells = [prompt]
      for (const strategy of strategies) cells.push(await answerCell(stack.url, prompt, strategy))
      console.log(`| ${cells.join(' | ')} |`)
    }
  } finally {
    await stack.stop()
  }
  console.log(
    `\n\`${pair.name}\` at \`${pair.precision}\`, at most ${maxTokens} tokens; " / " stands for a line break.`,
  )
} finally {
  await rm(folder, { recursive: true, force: true })
}
