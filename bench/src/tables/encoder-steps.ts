import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { createText, type Text } from '@tandem/gateway/text'

const folder = fileURLToPath(new URL('../../../test/fixtures/tokenizer-fuzz/corpus/', import.meta.url))
const length = 400_000
/** The least time of a step in some rounds is that without garbage collection. */
const rounds = 3

/** Texts without a place at which every tokenizer divides them, and texts of many tokens. */
const repeated: Readonly<Record<string, string>> = {
  letters: 'abcdefghij',
  words: 'decoding reads two models. ',
  spaces: ' ',
  digits: '1234567890',
  punctuation: '!?.,;:',
  Han: '深度学习模型',
  Hangul: '한국어',
  jamo: '\u1100\u1161\u11a8',
  Arabic: 'العربية',
  conjuncts: 'क\u094d',
  emoji: '👩\u200d👩',
  flags: '🇩🇪',
  'a mark': '\u0301',
  'marks out of order': '\u0301\u0323',
  joiners: '\u200d',
  'special tokens': '</s><|endoftext|><s>',
}

/**
 * Prints the longest step without a pause of each tokenizer of the fuzz, in processor time, which
 * other programs change little.
 */
export function printEncoderSteps(): void {
  console.log('| tokenizer | longest step, ms | text | longest encoding, ms | text |\n|---|---|---|---|---|')
  for (const file of readdirSync(folder).filter((name) => name !== 'strings.json')) {
    const text = readTokenizer(file)
    const rows = Object.entries(repeated).map(([name, unit]) => {
      const steps = measureSteps(text, unit.repeat(Math.ceil(length / unit.length)).slice(0, length))
      return { name, longest: Math.max(...steps), total: steps.reduce((sum, ms) => sum + ms, 0) }
    })
    const [step] = rows.toSorted((a, b) => b.longest - a.longest)
    const [whole] = rows.toSorted((a, b) => b.total - a.total)
    const cells = [step?.longest.toFixed(0), step?.name, whole?.total.toFixed(0), whole?.name]
    console.log(`| ${file.replace('.json', '')} | ${cells.join(' | ')} |`)
  }
}

function readTokenizer(file: string): Text {
  const { tokenizer } = JSON.parse(readFileSync(folder + file, 'utf8')) as { tokenizer: unknown }
  const model = { eosTokenIds: [], bosTokenId: null, modelVocabularySize: 2 ** 31 }
  return createText({ ...model, tokenizerJson: tokenizer, tokenizerConfig: {}, chatTemplate: null })
}

/** Encodes a text several times. @returns the least processor time of each step, in milliseconds */
function measureSteps(text: Text, whole: string): number[] {
  const steps: number[] = []
  for (let round = 0; round < rounds; round++) {
    const work = text.start({ type: 'text', text: whole, addSpecialTokens: true })
    for (let step = 0, isDone = false; !isDone; step++) {
      const started = process.cpuUsage()
      isDone = work.next().done === true
      const { user, system } = process.cpuUsage(started)
      steps[step] = Math.min(steps[step] ?? Number.POSITIVE_INFINITY, (user + system) / 1000)
    }
  }
  return steps
}
