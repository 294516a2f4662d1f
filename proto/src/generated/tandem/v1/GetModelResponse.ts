// Original file: tandem/v1/logits.proto


export interface GetModelResponse {
  'modelId'?: (string);
  'version'?: (string);
  'role'?: (string);
  'vocabularySize'?: (number);
  'tokenizerFingerprint'?: (string);
  'chatTemplateFingerprint'?: (string);
  'eosTokenIds'?: (number)[];
  'bosTokenId'?: (number);
  'contextLength'?: (number);
  'precision'?: (string);
  'adapter'?: (string);
  'kvBytesPerToken'?: (number);
  'engine'?: (string);
  '_bosTokenId'?: "bosTokenId";
}

export interface GetModelResponse__Output {
  'modelId': (string);
  'version': (string);
  'role': (string);
  'vocabularySize': (number);
  'tokenizerFingerprint': (string);
  'chatTemplateFingerprint': (string);
  'eosTokenIds': (number)[];
  'bosTokenId'?: (number);
  'contextLength': (number);
  'precision': (string);
  'adapter': (string);
  'kvBytesPerToken': (number);
  'engine': (string);
  '_bosTokenId'?: "bosTokenId";
}
