// Original file: tandem/v1/logits.proto

import type { Scores as _tandem_v1_Scores, Scores__Output as _tandem_v1_Scores__Output } from '../../tandem/v1/Scores.js';

export interface Row {
  'logSumExp'?: (number | string);
  'max'?: (number | string);
  'scores'?: (_tandem_v1_Scores)[];
}

export interface Row__Output {
  'logSumExp': (number);
  'max': (number);
  'scores': (_tandem_v1_Scores__Output)[];
}
