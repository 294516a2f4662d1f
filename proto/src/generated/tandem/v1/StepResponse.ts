// Original file: tandem/v1/logits.proto

import type { StepResult as _tandem_v1_StepResult, StepResult__Output as _tandem_v1_StepResult__Output } from '../../tandem/v1/StepResult.js';
import type { StepError as _tandem_v1_StepError, StepError__Output as _tandem_v1_StepError__Output } from '../../tandem/v1/StepError.js';

export interface StepResponse {
  'requestId'?: (number);
  'results'?: (_tandem_v1_StepResult)[];
  'error'?: (_tandem_v1_StepError | null);
  'queueUs'?: (number);
  'computeUs'?: (number);
}

export interface StepResponse__Output {
  'requestId': (number);
  'results': (_tandem_v1_StepResult__Output)[];
  'error': (_tandem_v1_StepError__Output | null);
  'queueUs': (number);
  'computeUs': (number);
}
