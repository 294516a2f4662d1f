// Original file: tandem/v1/logits.proto

import type { Long } from '@grpc/proto-loader';

export interface StepError {
  'code'?: (number);
  'message'?: (string);
  'heldPosition'?: (number);
  'heldPrefixHash'?: (number | string | Long);
}

export interface StepError__Output {
  'code': (number);
  'message': (string);
  'heldPosition': (number);
  'heldPrefixHash': (string);
}
