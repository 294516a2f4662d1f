// Original file: tandem/v1/logits.proto

import type { Device as _tandem_v1_Device, Device__Output as _tandem_v1_Device__Output } from '../../tandem/v1/Device.js';

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
  'device'?: (_tandem_v1_Device | null);
  'maxSessions'?: (number);
  'engineRoles'?: (string)[];
  'release'?: (string);
  'adapterScale'?: (number | string);
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
  'device': (_tandem_v1_Device__Output | null);
  'maxSessions': (number);
  'engineRoles': (string)[];
  'release': (string);
  'adapterScale': (number);
  '_bosTokenId'?: "bosTokenId";
}
