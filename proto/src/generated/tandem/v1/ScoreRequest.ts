// Original file: tandem/v1/rewards.proto

import type { TokenIds as _tandem_v1_TokenIds, TokenIds__Output as _tandem_v1_TokenIds__Output } from '../../tandem/v1/TokenIds.js';

export interface ScoreRequest {
  'traceparent'?: (string);
  'timeoutMs'?: (number);
  'sequences'?: (_tandem_v1_TokenIds)[];
}

export interface ScoreRequest__Output {
  'traceparent': (string);
  'timeoutMs': (number);
  'sequences': (_tandem_v1_TokenIds__Output)[];
}
