// Original file: tandem/v1/logits.proto

import type { Candidates as _tandem_v1_Candidates, Candidates__Output as _tandem_v1_Candidates__Output } from '../../tandem/v1/Candidates.js';
import type { Gather as _tandem_v1_Gather, Gather__Output as _tandem_v1_Gather__Output } from '../../tandem/v1/Gather.js';
import type { TopK as _tandem_v1_TopK, TopK__Output as _tandem_v1_TopK__Output } from '../../tandem/v1/TopK.js';
import type { Full as _tandem_v1_Full, Full__Output as _tandem_v1_Full__Output } from '../../tandem/v1/Full.js';

export interface Readout {
  'candidates'?: (_tandem_v1_Candidates | null);
  'gather'?: (_tandem_v1_Gather | null);
  'topK'?: (_tandem_v1_TopK | null);
  'full'?: (_tandem_v1_Full | null);
  'kind'?: "candidates"|"gather"|"topK"|"full";
}

export interface Readout__Output {
  'candidates'?: (_tandem_v1_Candidates__Output | null);
  'gather'?: (_tandem_v1_Gather__Output | null);
  'topK'?: (_tandem_v1_TopK__Output | null);
  'full'?: (_tandem_v1_Full__Output | null);
  'kind'?: "candidates"|"gather"|"topK"|"full";
}
