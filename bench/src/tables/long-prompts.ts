/**
 * Prints how long prompts take to become tokens, and how long others wait meanwhile; with --steps,
 * the longest step of each tokenizer of the fuzz, without a server. The tables of
 * docs/decisions/tokenizer.md.
 *
 * usage: npm run long-prompts -w bench -- SFT_FOLDER DPO_FOLDER [--rounds 5]
 *        npm run long-prompts -w bench -- --steps
 */
import { availableParallelism, cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { startStack } from '@tandem/test'
import { median } from '../measure/statistics.js'
import { printEncoderSteps } from './encoder-steps.js'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '5' }, steps: { type: 'boolean', default: false } },
})
if (values.steps) {
  printEncoderSteps()
  process.exit()
}
const [sft, dpo] = positionals
if (sft === undefined || dpo === undefined)
  throw new Error('expected two arguments: the model folder of SFT and the model folder of DPO')
const rounds = Number(values.rounds)

const unbroken = 'abcdefghij'.repeat(40_000)
const words = 'decoding reads two models. '.repeat(14_815)
const medium = 'decoding reads two models. '.repeat(222)
const short = 'decoding reads two models.'

const stack = await startStack({ sft, dpo, pair: 'pair' })

/** Encodes a prompt. @returns seconds until the answer */
async function encode(prompt: string): Promise<number> {
  const startedMs = performance.now()
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model: 'pair', prompt })
  const response = await fetch(`${stack.url}/tokenize`, { method: 'POST', headers, body })
  const text = await response.text()
  if (!response.ok) throw new Error(`/tokenize answered ${response.status}: ${text.slice(0, 500)}`)
  return (performance.now() - startedMs) / 1000
}

/** Encodes a prompt again and again while long ones are encoded. @returns the seconds of each */
async function encodeDuring(prompt: string, longOnes: number): Promise<number[]> {
  let isOver = false
  const long = Promise.all(Array.from({ length: longOnes }, () => encode(unbroken))).finally(() => {
    isOver = true
  })
  const seconds: number[] = []
  while (!isOver) seconds.push(await encode(prompt))
  await long
  return seconds
}

/** Encodes a prompt 100 times, one after another. @returns the seconds of each */
async function encodeAlone(prompt: string): Promise<number[]> {
  const seconds: number[] = []
  while (seconds.length < 100) seconds.push(await encode(prompt))
  return seconds
}

async function repeat(measure: () => Promise<readonly number[]>): Promise<number[]> {
  const seconds: number[] = []
  for (let round = 0; round < rounds; round++) seconds.push(...(await measure()))
  return seconds
}

const rows: readonly [string, () => Promise<readonly number[]>][] = [
  ['400,000 characters without a space', async () => [await encode(unbroken)]],
  ['400,000 characters of words', async () => [await encode(words)]],
  ['6,000 characters', () => encodeAlone(medium)],
  ['6,000 characters, during one of 400,000', () => encodeDuring(medium, 1)],
  ['6,000 characters, during four of 400,000', () => encodeDuring(medium, 4)],
  ['26 characters', () => encodeAlone(short)],
  ['26 characters, during four of 400,000', () => encodeDuring(short, 4)],
]

try {
  await encode(unbroken)
  console.log('| prompt | median, s | maximum, s | requests |\n|---|---|---|---|')
  for (const [name, measure] of rows) {
    const seconds = await repeat(measure)
    const columns = [median(seconds).toFixed(3), Math.max(...seconds).toFixed(3), seconds.length]
    console.log(`| ${name} | ${columns.join(' | ')} |`)
  }
  console.log(`\n${cpus()[0]?.model ?? 'unknown processor'}, ${availableParallelism()} cores; ${rounds} rounds.`)
} finally {
  await stack.stop()
}
