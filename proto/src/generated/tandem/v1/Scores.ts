// Original file: tandem/v1/logits.proto


export interface Scores {
  'tokenIds'?: (Buffer | Uint8Array | string);
  'logits'?: (Buffer | Uint8Array | string);
}

export interface Scores__Output {
  'tokenIds': (Buffer);
  'logits': (Buffer);
}
