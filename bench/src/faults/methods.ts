/** A way to decode, and how its answers are asked for. */
export interface Method {
  readonly name: string
  /** Fields of the request besides the prompt. */
  readonly fields: object
  /**
   * Whether its answer is sent token by token. If not, it arrives whole when the search has ended.
   */
  readonly isGradual: boolean
}

const gradual = (name: string, decoding: object, more: object = {}): Method => ({
  name,
  fields: { decoding, ...more },
  isGradual: true,
})
const whole = (name: string, decoding: object, more: object = {}): Method => ({
  name,
  fields: { decoding, ...more },
  isGradual: false,
})
const seed = 7

/** Every strategy and every path of AAD, with one answer and with several. */
export const methods: readonly Method[] = [
  gradual('aad', { strategy: 'aad' }),
  gradual('aad, plain', { strategy: 'aad', path: 'plain' }),
  gradual('aad, eager', { strategy: 'aad', path: 'eager' }),
  gradual('aad, lazy', { strategy: 'aad', path: 'lazy' }),
  gradual('aad, draft', { strategy: 'aad', path: 'draft' }),
  gradual('aad, lookup', { strategy: 'aad', path: 'lookup' }),
  gradual('greedy-dpo', { strategy: 'greedy-dpo' }),
  gradual('greedy-sft', { strategy: 'greedy-sft' }),
  gradual('sample', { strategy: 'sample' }, { seed, temperature: 0.9 }),
  gradual('sample, n 3', { strategy: 'sample' }, { seed, temperature: 0.9, n: 3 }),
  gradual('eft', { strategy: 'eft' }),
  gradual('contrastive', { strategy: 'contrastive', amateur: 'sft' }),
  gradual('formula', { strategy: 'formula', formula: 'dpo + 0.5 * (dpo - sft)' }),
  whole('beam', { strategy: 'beam', width: 4 }),
  whole('aad-beam', { strategy: 'aad-beam', width: 4 }),
  whole('random-of-n', { strategy: 'random-of-n', n: 3 }, { seed }),
]
