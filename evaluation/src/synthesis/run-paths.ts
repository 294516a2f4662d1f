/** The files of a run: the pairs, and next to them what they are made of. */
export interface RunPaths {
  readonly pairs: string
  readonly answers: string
  readonly scores: string
}

/** Names the files of a run: `pairs.jsonl`, `pairs.answers.jsonl`, `pairs.scores.jsonl`. */
export function runPaths(out: string): RunPaths {
  const stem = out.replace(/\.jsonl$/i, '')
  return { pairs: out, answers: `${stem}.answers.jsonl`, scores: `${stem}.scores.jsonl` }
}
