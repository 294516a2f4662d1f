// Original file: tandem/v1/logits.proto

import type { TokenIds as _tandem_v1_TokenIds, TokenIds__Output as _tandem_v1_TokenIds__Output } from '../../tandem/v1/TokenIds.js';

export interface Gather {
  'rows'?: (_tandem_v1_TokenIds)[];
}

export interface Gather__Output {
  'rows': (_tandem_v1_TokenIds__Output)[];
}
