import type { Decoder, Run } from '../graph/decoder.js'
import type { ResidualStream } from '../graph/residual-stream.js'

/** Builds one decoder layer, which adds its results to the residual stream. */
export type DecoderLayer = (decoder: Decoder, run: Run, layer: number, stream: ResidualStream) => void
