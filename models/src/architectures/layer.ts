import type { Decoder, Run } from '../graph/decoder.js'
import type { ResidualStream } from '../graph/residual-stream.js'

/** One decoder layer: adds to the stream. */
export type DecoderLayer = (decoder: Decoder, run: Run, layer: number, stream: ResidualStream) => void
