// Original file: tandem/v1/logits.proto


export interface GetTextFilesRequest {
}

export interface GetTextFilesRequest__Output {
}
