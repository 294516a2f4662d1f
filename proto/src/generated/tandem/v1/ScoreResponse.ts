// Original file: tandem/v1/rewards.proto


export interface ScoreResponse {
  'scores'?: (number | string)[];
}

export interface ScoreResponse__Output {
  'scores': (number)[];
}
