import type { Measured } from './measure-pair.js'

const end = '<!-- end of what is measured -->'

/** A Markdown table, one row a variant. */
export function tableOf(measured: readonly Measured[]): string {
  const lines = measured.map((row) =>
    [
      `\`${row.precision}\``,
      row.merge ? 'merged' : 'beside',
      row.divergence.toPrecision(2),
      row.advantageError.toPrecision(2),
      row.sameTokens.toFixed(3),
      (row.bytes / 1e6).toFixed(0),
      (1000 / row.stepMs).toFixed(1),
    ].join(' | '),
  )
  return [
    '| precision | adapter | KL to fp32 | rms error of A | AAD tokens equal | MB, both models | DPO steps/s |',
    '|---|---|---|---|---|---|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n')
}

/**
 * Puts a table between the marks of a document.
 * @param command that measures it, of test/package.json
 * @throws Error where the document has not both marks
 */
export function replaceTable(document: string, table: string, command: string): string {
  const begin = `<!-- measured: npm run ${command} -w test -->`
  const start = document.indexOf(begin)
  const stop = document.indexOf(end, start)
  if (start < 0 || stop < start) throw new Error(`expected the lines "${begin}" and "${end}", and did not find them`)
  return `${document.slice(0, start + begin.length)}\n\n${table}\n\n${document.slice(stop)}`
}
