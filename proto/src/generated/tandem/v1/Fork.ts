// Original file: tandem/v1/logits.proto


export interface Fork {
  'fromSessionId'?: (string);
  'toSessionId'?: (string);
}

export interface Fork__Output {
  'fromSessionId': (string);
  'toSessionId': (string);
}
