import { createRandom, draw } from '../../measure/random.js'
import { places, plainWords, things, warmWords } from './words.js'

/** Words of an answer that are warm or plain. */
const slots = 3

/** The share of warm words in the demonstrations, and in both sides of a pair before the choice. */
const warmShare = 0.35

/** A message of a conversation. */
export interface Message {
  readonly role: 'user' | 'assistant'
  readonly content: string
}

/** A demonstration for `tandem-train sft`. */
export interface Demonstration {
  readonly prompt: readonly Message[]
  readonly completion: readonly Message[]
}

/** A preference pair in TRL's form. */
export interface PreferencePair {
  readonly prompt: readonly Message[]
  readonly chosen: readonly Message[]
  readonly rejected: readonly Message[]
}

/** The rows that everything is trained on. */
export interface Rows {
  readonly demonstrations: readonly Demonstration[]
  readonly pairs: readonly PreferencePair[]
}

/**
 * Makes a demonstration and a preference pair for each thing in each place. The preferred answer
 * has more warm words: a rule that a tiny model can learn, and that an answer can follow more or
 * less.
 */
export function makeRows(seed: number): Rows {
  const random = createRandom(seed)
  const questions = things.flatMap((thing) => places.map((place) => ({ thing, place })))
  return {
    demonstrations: questions.map(({ thing, place }) => ({
      prompt: ask(thing, place),
      completion: say(thing, drawWords(random)),
    })),
    pairs: questions.map(({ thing, place }) => {
      const [chosen, rejected] = drawSides(random)
      return { prompt: ask(thing, place), chosen: say(thing, chosen), rejected: say(thing, rejected) }
    }),
  }
}

const ask = (thing: string, place: string): Message[] => [{ role: 'user', content: `The ${thing} in ${place}?` }]

const say = (thing: string, words: readonly string[]): Message[] => [
  { role: 'assistant', content: `The ${thing} is ${words.slice(0, -1).join(', ')} and ${words.at(-1)}.` },
]

const drawWords = (random: () => number): string[] =>
  Array.from({ length: slots }, () => draw(random, random() < warmShare ? warmWords : plainWords))

/** Draws two answers until one has more warm words, and returns this one first. */
function drawSides(random: () => number): [string[], string[]] {
  const sides = [drawWords(random), drawWords(random)] as const
  const [first, second] = sides.map((words) => words.filter((word) => warmWords.includes(word)).length)
  if (first === second || first === undefined || second === undefined) return drawSides(random)
  return first > second ? [sides[0], sides[1]] : [sides[1], sides[0]]
}
