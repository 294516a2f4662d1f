import { TextError } from '../text-error.js'

/** A match of an expression, or text between two matches. */
export interface Part {
  readonly text: string
  readonly isMatch: boolean
}

/** Divides a text into matches and the text between them. It searches only as far as it is read. */
export function* findParts(text: string, expression: RegExp): Generator<Part> {
  let offset = 0
  for (const match of text.matchAll(expression)) {
    if (match[0].length === 0) continue
    if (offset < match.index) yield { text: text.slice(offset, match.index), isMatch: false }
    yield { text: match[0], isMatch: true }
    offset = match.index + match[0].length
  }
  if (offset < text.length) yield { text: text.slice(offset), isMatch: false }
}

/** Makes pieces of parts: the Rust library's `SplitDelimiterBehavior`. */
export type SplitBehavior = (parts: Iterable<Part>) => Iterable<string>

/**
 * Returns a behaviour by its name in tokenizer.json.
 * @throws TextError `unsupported_tokenizer` for an unknown name
 */
export function readBehavior(name: string): SplitBehavior {
  switch (name.toLowerCase()) {
    case 'isolated':
      return isolate
    case 'removed':
      return removeMatches
    case 'contiguous':
      return (parts) => join(parts, (before, part) => before.isMatch === part.isMatch)
    case 'mergedwithprevious':
      return (parts) => join(parts, (before, part) => part.isMatch && !before.isMatch)
    case 'mergedwithnext':
      return (parts) => join(parts, (before, part) => before.isMatch && !part.isMatch)
    default:
      throw new TextError('unsupported_tokenizer', `the tokenizer splits with the unknown behaviour "${name}"`)
  }
}

/** Exchanges matches and the text between them. */
export function* invertParts(parts: Iterable<Part>): Generator<Part> {
  for (const { text, isMatch } of parts) yield { text, isMatch: !isMatch }
}

function* isolate(parts: Iterable<Part>): Generator<string> {
  for (const { text } of parts) yield text
}

/**
 * Removes the matches. One at the start stays as an empty piece, so that the next piece does not
 * count as the first.
 */
function* removeMatches(parts: Iterable<Part>): Generator<string> {
  let isFirst = true
  for (const { text, isMatch } of parts) {
    if (!isMatch) yield text
    else if (isFirst) yield ''
    isFirst = false
  }
}

/**
 * Joins adjacent parts for which `merges` is true. `before` is the previous part itself, not the
 * joined piece.
 */
function* join(parts: Iterable<Part>, merges: (before: Part, part: Part) => boolean): Generator<string> {
  let before: Part | undefined
  let piece = ''
  for (const part of parts) {
    if (before !== undefined && merges(before, part)) piece += part.text
    else {
      if (before !== undefined) yield piece
      piece = part.text
    }
    before = part
  }
  if (before !== undefined) yield piece
}
