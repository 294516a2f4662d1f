// Original file: tandem/v1/logits.proto

import type { Row as _tandem_v1_Row, Row__Output as _tandem_v1_Row__Output } from '../../tandem/v1/Row.js';
import type { StepError as _tandem_v1_StepError, StepError__Output as _tandem_v1_StepError__Output } from '../../tandem/v1/StepError.js';

export interface StepResult {
  'position'?: (number);
  'rows'?: (_tandem_v1_Row)[];
  'error'?: (_tandem_v1_StepError | null);
}

export interface StepResult__Output {
  'position': (number);
  'rows': (_tandem_v1_Row__Output)[];
  'error': (_tandem_v1_StepError__Output | null);
}
