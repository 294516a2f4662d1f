import type { Measured } from './measure-pair.js'

/** Returns a Markdown table with one row per variant. */
export function precisionTable(measured: readonly Measured[]): string {
  const lines = measured.map((row) =>
    [
      `\`${row.precision}\``,
      row.merge ? 'merged' : 'separate',
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
