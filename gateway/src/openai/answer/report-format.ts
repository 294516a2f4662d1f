import type { Report } from '../../decode/answers/generation-event.js'
import type { DetailFields } from '../schemas/choice-fields.js'

/** The additional field of `decoding` for a beam search or a choice. */
export const generatedField = (reports: readonly (Report | null)[]): { readonly generated_tokens?: number } => {
  const present = reports.filter((report) => report !== null)
  if (present.length === 0) return {}
  return { generated_tokens: present.reduce((sum, { generatedTokens }) => sum + generatedTokens, 0) }
}

/** The candidates of an answer's beam search or choice, if `detail` was requested. */
export function candidatesField(report: Report | null): Pick<DetailFields, 'decoding_candidates'> {
  if (!report || report.candidates.length === 0) return {}
  return {
    decoding_candidates: report.candidates.map(({ answer, score, isChosen }) => ({
      text: answer.text,
      score,
      tokens: answer.tokens.length,
      finish_reason: answer.ending.finishReason,
      chosen: isChosen,
    })),
  }
}
