import { readFile } from 'node:fs/promises'
import { markdownTable } from '@tandem/test'
import { z } from 'zod'
import { plainWords, things, warmWords } from './data/words.js'

const answersSchema = z.object({ answers: z.array(z.object({ strategy: z.string(), text: z.string() })) })
const known = new Set(['The', 'is', 'and', ...things, ...warmWords, ...plainWords])

/**
 * Makes a table of the answers that have only words of the data. The preference says nothing of the
 * spelling, so a method can gain reward with misspelled words.
 * @param path the file `results.json` of an evaluation
 */
export async function spellingTable(path: string): Promise<string> {
  const { answers } = answersSchema.parse(JSON.parse(await readFile(path, 'utf8')))
  const rows = [...new Set(answers.map(({ strategy }) => strategy))].map((strategy) => {
    const texts = answers.filter((answer) => answer.strategy === strategy).map(({ text }) => text)
    return [strategy, String(texts.length), (texts.filter(isSpelledRight).length / texts.length).toFixed(2)]
  })
  return markdownTable({ header: ['method', 'answers', 'share with only words of the data'], rows })
}

/** Whether each word of an answer is in the data. */
export const isSpelledRight = (text: string): boolean => (text.match(/\w+/g) ?? []).every((word) => known.has(word))
