import { expectationOf, expectations } from '@tandem/process'
import { z } from 'zod'

/** Maximum factor: a larger one is a mistake, and overflows. */
const maxScale = 100

/**
 * A factor of an adapter's own scale (lora_alpha / rank): 1 applies it as it was trained. 0 is
 * refused: it gives the base model, so that the advantage of every token would be 0.
 */
export const adapterScaleSchema = z
  .number()
  .positive()
  .max(maxScale)
  .register(expectations, { expected: `a number above 0 and at most ${maxScale}` })

/**
 * Checks a factor of an adapter's scale.
 * @param label the name of the value in the message, e.g. `--adapter-scale`
 * @throws Error saying what was found and what was expected
 */
export function assertAdapterScale(scale: number, label: string): void {
  const result = adapterScaleSchema.safeParse(scale, { error: expectationOf })
  if (!result.success) throw new Error(`${label} is ${scale}: ${result.error.issues[0]?.message}`)
}
