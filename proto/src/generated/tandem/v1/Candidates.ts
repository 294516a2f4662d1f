// Original file: tandem/v1/logits.proto


export interface Candidates {
  'alpha'?: (number | string);
  'exclude'?: (number)[];
}

export interface Candidates__Output {
  'alpha': (number);
  'exclude': (number)[];
}
