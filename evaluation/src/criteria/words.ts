/**
 * A word: letters, marks, digits and apostrophes between them. Scripts that put no space between
 * words count each character.
 */
const pattern =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]|[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}\p{N}]+)*/gu

/** The words of a text, in lower case. */
export const wordsOf = (text: string): readonly string[] =>
  (text.normalize('NFKC').toLowerCase().match(pattern) ?? []).map((word) => word.replaceAll('’', "'"))

/** Characters of a word that name it: `camping`, `camper` and `camps` begin with `camp`. */
const stemLength = 4

/** The beginning of a word: two words with the same one are taken for forms of one word. */
export const stemOf = (word: string): string => [...word].slice(0, stemLength).join('')

/** English words that say nothing of a topic, and those with which prompts ask. */
const stopWords = new Set(
  `a about above after again all also am an and any are as at be because been before being below between both but by
  can can't could did didn't do does doesn't doing don't down during each every few for from further get give had has
  have having he her here hers him his how how's i i'd i'll i'm i've if in into is isn't it it's its just let let's
  like make many may me might more most much must my need never no nor not now of off on once one only or other our
  out over own please same she should so some such tell than that that's the their them then there there's these they
  they're this those through to too two under until up us use used very want was wasn't way we we're were what what's
  when where where's which while who who's whom why why's will with without won't would write you you'd you'll you're
  you've your yours explain describe list name know think say short three five good best help`.split(/\s+/),
)

/** The stems of the words that say what a text is about. */
export const contentStems = (text: string): ReadonlySet<string> =>
  new Set(
    wordsOf(text)
      .filter((word) => !stopWords.has(word))
      .map(stemOf),
  )
