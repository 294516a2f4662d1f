/** A normalization form of Unicode. */
export type Form = 'NFC' | 'NFD' | 'NFKC' | 'NFKD'

/** One mark of each canonical combining class, from the lowest class to the highest. */
const classMarks = [
  ...'\u0334\u{16ff0}\u093c\u3099\u094d\u05b0\u05b1\u05b2\u05b3\u05b4\u05b5\u05b6\u05b7\u05b8\u05b9\u05bb\u05bc\u05bd\u05bf',
  ...'\u05c1\u05c2\ufb1e\u064b\u064c\u064d\u0618\u0619\u061a\u0651\u0652\u0670\u0711\u0c55\u0c56\u0e38\u0e48\u0eb8\u0ec8',
  ...'\u0f71\u0f72\u0f74\u0321\u1dce\u031b\u1dfa\u0316\u059a\u302e\u{1d16d}\u05ae\u0300\u0315\u035c\u035d\u0345',
]
const longRuns = /[\p{M}\uff9e\uff9f]{64,}/gu

/**
 * Puts long runs of marks in the order of a normalization form, which it does not change. V8 needs
 * time quadratic in the length of a run that is not in order.
 */
export function orderMarks(text: string, form: Form): string {
  return text.replace(longRuns, (run) => orderRun(run, form.startsWith('NFK') ? 'NFKD' : 'NFD'))
}

function orderRun(run: string, form: Form): string {
  const ordered: string[] = []
  let classes: string[][] = []
  const endClasses = () => {
    for (const marks of classes) if (marks !== undefined) ordered.push(marks.join(''))
    classes = []
  }
  const known = new Map<string, readonly RankedMark[]>()
  for (const mark of run) {
    let parts = known.get(mark)
    if (parts === undefined) {
      parts = Array.from(mark.normalize(form), (part) => ({ mark: part, rank: rankOf(part) }))
      known.set(mark, parts)
    }
    for (const { mark: part, rank } of parts) {
      if (rank === 0) endClasses()
      classes[rank] ??= []
      classes[rank].push(part)
      if (rank === 0) endClasses()
    }
  }
  endClasses()
  return ordered.join('')
}

interface RankedMark {
  readonly mark: string
  readonly rank: number
}

/** Returns the place of a mark's combining class among all classes, from 1; 0 for class 0. */
function rankOf(mark: string): number {
  const highest = classMarks.at(-1) as string
  const rank = classMarks.filter((other) => isReordered(mark, other)).length
  return rank > 0 || isReordered(highest, mark) ? rank + 1 : 0
}

/** Whether the second of two marks has a lower class, other than 0, than the first. */
function isReordered(first: string, second: string): boolean {
  return (first + second).normalize('NFD') !== first.normalize('NFD') + second.normalize('NFD')
}
