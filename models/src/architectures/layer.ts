import type { Decoder, Run } from '../graph/decoder.js'
import type { Value } from '../onnx/graph-builder.js'

/** One decoder layer: x [N, H] in, [N, H] out. */
export type DecoderLayer = (decoder: Decoder, run: Run, layer: number, x: Value) => Value
