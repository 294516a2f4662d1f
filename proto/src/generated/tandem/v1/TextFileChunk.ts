// Original file: tandem/v1/logits.proto


export interface TextFileChunk {
  'name'?: (string);
  'data'?: (Buffer | Uint8Array | string);
}

export interface TextFileChunk__Output {
  'name': (string);
  'data': (Buffer);
}
