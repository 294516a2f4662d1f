// Original file: tandem/v1/logits.proto


export interface Reorder {
  'sessionIds'?: (string)[];
  'parents'?: (number)[];
}

export interface Reorder__Output {
  'sessionIds': (string)[];
  'parents': (number)[];
}
