// Original file: tandem/v1/logits.proto


export interface TopK {
  'k'?: (number);
}

export interface TopK__Output {
  'k': (number);
}
