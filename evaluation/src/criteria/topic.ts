/**
 * How much of a prompt an answer takes up: the share of the prompt's content words that are in the
 * answer, |P ∩ A| / |P|. Null if the prompt has no content words.
 *
 * It reads the texts only. The lift log p(y|x) - log p(y|x') of the model itself would also see
 * synonyms, for one more forward of each sample under each prompt that it is compared with.
 * @param prompt the stems of the prompt's content words
 * @param answer the stems of the answer's content words
 */
export function topicShare(prompt: ReadonlySet<string>, answer: ReadonlySet<string>): number | null {
  if (prompt.size === 0) return null
  let shared = 0
  for (const stem of prompt) if (answer.has(stem)) shared++
  return shared / prompt.size
}
