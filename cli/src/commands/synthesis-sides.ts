import type { Method } from '@tandem/evaluation'
import { parseMethods } from '../chat/method.js'

/** The options that name the two sides of a pair. */
export interface SideOptions {
  readonly pairs: 'preference' | 'adherence'
  readonly chosen?: string | undefined
  readonly rejected?: string | undefined
  readonly rejectedFrom?: string | undefined
}

/** As for the embedded pair: the SFT model at temperature 1, the nucleus of 0.9 in the best 64. */
const adherenceSamples = 'sample model=sft top_p=0.9 top_k=64'
const chosenDefault = 'aad'
/** The paper's rejected side (section 6). */
const rejectedDefault = 'sample top_p=0.9'

/**
 * The strategy of the chosen answers. For adherence pairs it is that of all samples.
 * @throws Error as `parseMethods`, or if two strategies are named
 */
export const chosenOf = ({ pairs, chosen }: SideOptions): Method =>
  methodOf('--chosen', chosen ?? (pairs === 'adherence' ? adherenceSamples : chosenDefault))

/**
 * Where the rejected answers come from.
 * @throws Error if options contradict each other, or as `chosenOf`
 */
export function rejectedOf({ pairs, rejected, rejectedFrom }: SideOptions): Method | { readonly from: string } {
  const given = rejected === undefined ? '--rejected-from' : '--rejected'
  if (pairs === 'adherence' && (rejected ?? rejectedFrom) !== undefined)
    throw new Error(`${given} has no meaning for --pairs adherence: rejected answers are samples for other prompts`)
  if (rejectedFrom === undefined) return methodOf('--rejected', rejected ?? rejectedDefault)
  if (rejected === undefined) return { from: rejectedFrom }
  throw new Error('--rejected and --rejected-from contradict each other: remove one')
}

/** worst-of-n has the parameters of best-of-n, and is no strategy of the gateway. */
const worst = /^worst-of-n$/

function methodOf(option: string, text: string): Method {
  const words = text.split(/\s+/).filter((word) => word !== '')
  const isWorst = words.some((word) => worst.test(word))
  const [method, second] = parseMethods(words.map((word) => word.replace(worst, 'best-of-n')))
  if (method?.strategy === undefined) throw new Error(`${option} is empty: expected a strategy, e.g. "aad alpha=0.2"`)
  if (second) throw new Error(`${option} "${text}" names two strategies: expected one`)
  return { ...method, strategy: isWorst ? 'worst-of-n' : String(method.strategy) }
}
