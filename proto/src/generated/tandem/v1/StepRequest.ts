// Original file: tandem/v1/logits.proto

import type { Fork as _tandem_v1_Fork, Fork__Output as _tandem_v1_Fork__Output } from '../../tandem/v1/Fork.js';
import type { Reorder as _tandem_v1_Reorder, Reorder__Output as _tandem_v1_Reorder__Output } from '../../tandem/v1/Reorder.js';
import type { Step as _tandem_v1_Step, Step__Output as _tandem_v1_Step__Output } from '../../tandem/v1/Step.js';

export interface StepRequest {
  'requestId'?: (number);
  'traceparent'?: (string);
  'timeoutMs'?: (number);
  'forks'?: (_tandem_v1_Fork)[];
  'reorder'?: (_tandem_v1_Reorder | null);
  'steps'?: (_tandem_v1_Step)[];
  'closeSessionIds'?: (string)[];
}

export interface StepRequest__Output {
  'requestId': (number);
  'traceparent': (string);
  'timeoutMs': (number);
  'forks': (_tandem_v1_Fork__Output)[];
  'reorder': (_tandem_v1_Reorder__Output | null);
  'steps': (_tandem_v1_Step__Output)[];
  'closeSessionIds': (string)[];
}
