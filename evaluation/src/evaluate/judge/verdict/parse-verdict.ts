/** What a judge says: the answer in the first or in the second place is better, or neither. */
export type Verdict = 'first' | 'second' | 'tie'

const verdicts: Readonly<Record<string, Verdict>> = { a: 'first', b: 'second', tie: 'tie' }

/** Marks around a word that do not change it, such as those of Markdown and LaTeX. */
const marks = /[*_`"'“”‘’[\](){}#$.!:]+/g
/** A line that is a verdict: the word, with words around it that models like to add. */
const verdictLine =
  /^(?:(?:the |my |final |better |best )*(?:answer|response|verdict|choice|winner)(?: is)? )?(?:answer )?(a|b|tie)(?: is (?:the )?better(?: answer)?| wins)?$/

/**
 * Reads the verdict of a judge: a line with A, B or tie and nothing else that matters. Null if no
 * line is a verdict, or lines differ. A word in a sentence is no verdict, because "a" is an
 * article.
 */
export function parseVerdict(text: string): Verdict | null {
  const found = new Set(text.split(/[\r\n]+/).flatMap((line) => readLine(line) ?? []))
  const [verdict] = found
  return found.size === 1 && verdict !== undefined ? verdict : null
}

function readLine(line: string): Verdict | null {
  const words = line.replace(marks, ' ').replace(/\s+/g, ' ').trim().toLowerCase()
  const word = verdictLine.exec(words)?.[1]
  return word === undefined ? null : (verdicts[word] ?? null)
}
