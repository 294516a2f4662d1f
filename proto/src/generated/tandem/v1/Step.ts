// Original file: tandem/v1/logits.proto

import type { Rows as _tandem_v1_Rows, Rows__Output as _tandem_v1_Rows__Output } from '../../tandem/v1/Rows.js';
import type { Readout as _tandem_v1_Readout, Readout__Output as _tandem_v1_Readout__Output } from '../../tandem/v1/Readout.js';
import type { Long } from '@grpc/proto-loader';

export interface Step {
  'sessionId'?: (string);
  'position'?: (number);
  'prefixHash'?: (number | string | Long);
  'tokenIds'?: (number)[];
  'rows'?: (_tandem_v1_Rows);
  'readouts'?: (_tandem_v1_Readout)[];
  'vocabularyLimit'?: (number);
  'prefixScope'?: (string);
  'role'?: (string);
}

export interface Step__Output {
  'sessionId': (string);
  'position': (number);
  'prefixHash': (string);
  'tokenIds': (number)[];
  'rows': (_tandem_v1_Rows__Output);
  'readouts': (_tandem_v1_Readout__Output)[];
  'vocabularyLimit': (number);
  'prefixScope': (string);
  'role': (string);
}
