import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const proseColumns = 120
/** Model cards, which `training/` writes. */
const written = 'models/catalog/'
/** Lines that cannot be wrapped: rows of tables, headings, and the addresses of reference links. */
const unbreakable = /^\s*(>\s*)*(\||#+ |\[[^\]]+\]: )/
/** What stands before the text of a line: indentation, marks of quotes and of lists. */
const mark = /^\s*(>\s*)*([-*+] |\d+[.)] )?\s*/
/** A link or code in a line, which wrapping keeps whole. */
const whole = /`[^`]*`|!?\[[^\]]*\]\([^)]*\)/g

/**
 * Returns a line for each line of the Markdown files of a repository that is wider than prose may
 * be.
 * @param root the root folder of the repository, which git must know
 */
export const wideProse = (root: string): string[] =>
  execFileSync('git', ['ls-files', '-z', '*.md'], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !path.startsWith(written))
    .flatMap((path) =>
      findWideProse(readFileSync(join(root, path), 'utf8')).map(
        ([line, width]) => `${path}:${line} has ${width} columns: expected at most ${proseColumns}`,
      ),
    )

/**
 * Returns the lines of a Markdown text that are too wide and could be wrapped, with their widths.
 * Code, tables, headings and lines of one link are left out. So are the front matter and what
 * programs measure and write.
 */
export function findWideProse(text: string): (readonly [line: number, width: number])[] {
  let end: RegExp | null = null
  return text.split('\n').flatMap((line, i) => {
    if (end) {
      if (end.test(line)) end = null
      return []
    }
    end = i === 0 && line === '---' ? /^---$/ : endOf(line)
    return !end && line.length > proseColumns && canWrap(line) ? [[i + 1, line.length] as const] : []
  })
}

/** Returns what ends the part that a line begins and that is not prose; null if it begins none. */
function endOf(line: string): RegExp | null {
  const [, fence] = /^\s*(```|~~~)/.exec(line) ?? []
  if (fence !== undefined) return new RegExp(`^\\s*${fence}\\s*$`)
  return line.startsWith('<!-- measured: ') ? /^<!-- end of what is measured -->$/ : null
}

const canWrap = (line: string): boolean =>
  !unbreakable.test(line) && /\s/.test(line.trimEnd().replace(mark, '').replace(whole, 'x'))
