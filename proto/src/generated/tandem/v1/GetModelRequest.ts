// Original file: tandem/v1/logits.proto


export interface GetModelRequest {
}

export interface GetModelRequest__Output {
}
