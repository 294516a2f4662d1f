// Original file: tandem/v1/logits.proto


export interface GetLoadRequest {
}

export interface GetLoadRequest__Output {
}
