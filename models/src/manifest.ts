import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expectations } from '@tandem/process'
import { z } from 'zod'
import { adapterScaleSchema } from './adapter-scale.js'
import { headKinds } from './config.js'
import { parseFile } from './parse-file.js'

export * from './adapter-scale.js'
export * from './exported-contract.js'
export * from './graph-contract.js'

/** The file of the manifest in a model folder. */
export const manifestFileName = 'tandem.json'
/** The file of the graph in a model folder. */
export const graphFileName = 'model.onnx'

/**
 * How the weights are stored and multiplied.
 * - `fp32`, `fp16` (storage only: computed in float32), `int8`, `int4` (blocks of 32);
 * - `native`: the grid of a GGUF file, exact. As with `int8` and `int4`, activations are int8 twice
 *   (value and residual), or float32 if 4-bit layers compute many tokens at once;
 * - `fast`: the grid of `native` with activations as int8 once, which changes tokens
 *   (docs/precision.md).
 */
export const precisions = ['fp32', 'fp16', 'int8', 'int4', 'native', 'fast'] as const
/** The precision of a graph that Tandem builds. */
export type Precision = (typeof precisions)[number]

/** The precision of an exported graph: the one that the other program chose. */
export const exportedPrecision = 'exported' as const

/** An exported graph (exported-contract.ts). */
const exportedGraphSchema = z.strictObject({
  /** The type of keys and values in the cache. */
  keyValueType: z.enum(['float32', 'float16']),
})
/** The facts about an exported graph that services need. */
export type ExportedGraph = Readonly<z.infer<typeof exportedGraphSchema>>

const sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .register(expectations, { expected: 'a SHA-256 of 64 hexadecimal digits' })

/**
 * `tandem.json`: everything that a service must know about a model folder without reading the
 * graph.
 */
export const manifestSchema = z.strictObject({
  format: z.literal(1),
  /** The name in the API, e.g. `smollm2-135m-adherence-dpo`. */
  modelId: z.string().min(1),
  /** SHA-256 over the hashes of all files: equal versions give equal logits. */
  version: sha256,
  architecture: z.string(),
  /**
   * `vocabulary`: a language model, for a logit service; `score`: a reward model, for a reward
   * service.
   */
  head: z.enum(headKinds).default('vocabulary'),
  precision: z.enum([...precisions, exportedPrecision]),
  /** Null for a graph that Tandem builds (graph-contract.ts). */
  exportedGraph: exportedGraphSchema.nullable().default(null),
  layers: z.int().positive(),
  keyValueHeads: z.int().positive(),
  headSize: z.int().positive(),
  vocabularySize: z.int().positive(),
  /** Maximum tokens of a session. */
  contextLength: z.int().positive(),
  eosTokenIds: z.array(z.int().nonnegative()),
  bosTokenId: z.int().nonnegative().nullable(),
  /**
   * The score of a reward model is read at the last token that is not this one. Null: at the last
   * token.
   */
  padTokenId: z.int().nonnegative().nullable().default(null),
  tokenizerFingerprint: sha256,
  chatTemplateFingerprint: sha256.nullable(),
  adapter: z
    .strictObject({
      name: z.string(),
      merged: z.boolean(),
      /** The factor of the adapter's own scale with which it is applied. */
      scale: adapterScaleSchema.default(1),
      /**
       * Whether a graph input switches the adapter for each token (graph-contract.ts), so that the
       * folder is a pair.
       */
      switched: z.boolean().default(false),
      sha256,
    })
    .nullable(),
  /** The files that it was built from, by name, with their hashes. */
  source: z.strictObject({
    kind: z.enum(['safetensors', 'gguf', 'onnx']),
    files: z.record(z.string(), z.strictObject({ bytes: z.int().nonnegative(), sha256 })),
  }),
  /** The files of this folder, without the manifest itself. */
  files: z.record(z.string(), z.strictObject({ bytes: z.int().nonnegative(), sha256 })),
  /** Versions of the programs that wrote it. */
  builtWith: z.record(z.string(), z.string()),
})
/** The content of `tandem.json`. */
export type Manifest = z.infer<typeof manifestSchema>

/** Number of values per token: one logit per id, or one score. */
export const rowSize = ({ head, vocabularySize }: Pick<Manifest, 'head' | 'vocabularySize'>): number =>
  head === 'score' ? 1 : vocabularySize

type CacheShape = Pick<Manifest, 'layers' | 'keyValueHeads' | 'headSize'> & Partial<Pick<Manifest, 'exportedGraph'>>

/** Bytes of the keys and values of one token in a session, over all layers. */
export function keyValueBytesPerToken({ layers, keyValueHeads, headSize, exportedGraph }: CacheShape): number {
  const bytes = exportedGraph?.keyValueType === 'float16' ? 2 : 4
  return layers * 2 * keyValueHeads * headSize * bytes
}

/**
 * Reads and validates the manifest of a model folder.
 * @throws Error with the file and the fault in it
 */
export async function loadManifest(folder: string): Promise<Manifest> {
  const path = join(folder, manifestFileName)
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw new Error(
      `${folder} is not a model folder: ${manifestFileName} cannot be read. Build one with "tandem build SOURCE --out ${folder}".`,
      { cause },
    )
  }
  return parseFile(manifestSchema, parseJson(text, path), {
    what: `${path} is not a manifest that this version reads`,
    advice: 'Build the folder again.',
  })
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Error(`${path} is not JSON. Build the folder again.`, { cause })
  }
}
