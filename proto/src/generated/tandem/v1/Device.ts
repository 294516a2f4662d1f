// Original file: tandem/v1/logits.proto


export interface Device {
  'host'?: (string);
  'kind'?: (string);
  'units'?: (number)[];
  'threads'?: (number);
  'engineId'?: (string);
}

export interface Device__Output {
  'host': (string);
  'kind': (string);
  'units': (number)[];
  'threads': (number);
  'engineId': (string);
}
