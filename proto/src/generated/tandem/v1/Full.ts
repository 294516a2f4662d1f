// Original file: tandem/v1/logits.proto


export interface Full {
}

export interface Full__Output {
}
