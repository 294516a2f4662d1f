// Original file: tandem/v1/logits.proto

import type { Long } from '@grpc/proto-loader';

export interface GetLoadResponse {
  'sessions'?: (number);
  'maxSessions'?: (number);
  'kvBytes'?: (number | string | Long);
  'maxKvBytes'?: (number | string | Long);
  'queued'?: (number);
  'maxQueued'?: (number);
}

export interface GetLoadResponse__Output {
  'sessions': (number);
  'maxSessions': (number);
  'kvBytes': (string);
  'maxKvBytes': (string);
  'queued': (number);
  'maxQueued': (number);
}
