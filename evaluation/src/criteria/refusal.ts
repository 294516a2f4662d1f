/**
 * Patterns of answers that refuse, or speak of the model instead of the topic. They are English: in
 * other languages this criterion finds nothing.
 */
const refusalPatterns: readonly RegExp[] = [
  /\bi(?:'m| am) (?:so |very |really |truly )?sorry\b/,
  /\bi apologi[sz]e\b/,
  /\bi (?:can't|cannot|can not|won't|will not) (?:help|assist|answer|provide|give|offer|do|write|create|fulfil|comply|discuss)/,
  /\bi(?:'m| am) (?:unable|not able|not allowed|not capable|not programmed|not designed)\b/,
  /\bi (?:don't|do not) have (?:the |any )?(?:ability|capability|capacity|access|personal|feelings|opinions)/,
  /\b(?:as|i'm|i am) (?:just |only )?an? (?:\w+ )?(?:ai|chatbot|bot|language model|virtual assistant|digital assistant)\b/,
]

/** Whether a text refuses, or speaks of the model. */
export function isRefusal(text: string): boolean {
  const plain = text.toLowerCase().replaceAll('’', "'").replace(/\s+/g, ' ')
  return refusalPatterns.some((pattern) => pattern.test(plain))
}
