const end = '<!-- end of what is measured -->'

/**
 * Replaces the table between the two marks of a document.
 * @param command the command that measures the table, as the first mark names it
 * @throws Error if the document lacks one of the marks
 */
export function replaceTable(document: string, table: string, command: string): string {
  const begin = `<!-- measured: ${command} -->`
  const start = document.indexOf(begin)
  const stop = document.indexOf(end, start)
  if (start < 0 || stop < start)
    throw new Error(`expected the lines "${begin}" and "${end}" in the document, and did not find both`)
  return `${document.slice(0, start + begin.length)}\n\n${table}\n\n${document.slice(stop)}`
}
