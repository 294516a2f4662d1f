// Original file: tandem/v1/rewards.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLoadRequest as _tandem_v1_GetLoadRequest, GetLoadRequest__Output as _tandem_v1_GetLoadRequest__Output } from '../../tandem/v1/GetLoadRequest.js';
import type { GetLoadResponse as _tandem_v1_GetLoadResponse, GetLoadResponse__Output as _tandem_v1_GetLoadResponse__Output } from '../../tandem/v1/GetLoadResponse.js';
import type { GetModelRequest as _tandem_v1_GetModelRequest, GetModelRequest__Output as _tandem_v1_GetModelRequest__Output } from '../../tandem/v1/GetModelRequest.js';
import type { GetModelResponse as _tandem_v1_GetModelResponse, GetModelResponse__Output as _tandem_v1_GetModelResponse__Output } from '../../tandem/v1/GetModelResponse.js';
import type { GetTextFilesRequest as _tandem_v1_GetTextFilesRequest, GetTextFilesRequest__Output as _tandem_v1_GetTextFilesRequest__Output } from '../../tandem/v1/GetTextFilesRequest.js';
import type { ScoreRequest as _tandem_v1_ScoreRequest, ScoreRequest__Output as _tandem_v1_ScoreRequest__Output } from '../../tandem/v1/ScoreRequest.js';
import type { ScoreResponse as _tandem_v1_ScoreResponse, ScoreResponse__Output as _tandem_v1_ScoreResponse__Output } from '../../tandem/v1/ScoreResponse.js';
import type { TextFileChunk as _tandem_v1_TextFileChunk, TextFileChunk__Output as _tandem_v1_TextFileChunk__Output } from '../../tandem/v1/TextFileChunk.js';

export interface RewardServiceClient extends grpc.Client {
  GetLoad(argument: _tandem_v1_GetLoadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  GetLoad(argument: _tandem_v1_GetLoadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  GetLoad(argument: _tandem_v1_GetLoadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  GetLoad(argument: _tandem_v1_GetLoadRequest, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  getLoad(argument: _tandem_v1_GetLoadRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  getLoad(argument: _tandem_v1_GetLoadRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  getLoad(argument: _tandem_v1_GetLoadRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  getLoad(argument: _tandem_v1_GetLoadRequest, callback: grpc.requestCallback<_tandem_v1_GetLoadResponse__Output>): grpc.ClientUnaryCall;
  
  GetModel(argument: _tandem_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _tandem_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _tandem_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  GetModel(argument: _tandem_v1_GetModelRequest, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tandem_v1_GetModelRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tandem_v1_GetModelRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tandem_v1_GetModelRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  getModel(argument: _tandem_v1_GetModelRequest, callback: grpc.requestCallback<_tandem_v1_GetModelResponse__Output>): grpc.ClientUnaryCall;
  
  GetTextFiles(argument: _tandem_v1_GetTextFilesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_TextFileChunk__Output>;
  GetTextFiles(argument: _tandem_v1_GetTextFilesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_TextFileChunk__Output>;
  getTextFiles(argument: _tandem_v1_GetTextFilesRequest, metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_TextFileChunk__Output>;
  getTextFiles(argument: _tandem_v1_GetTextFilesRequest, options?: grpc.CallOptions): grpc.ClientReadableStream<_tandem_v1_TextFileChunk__Output>;
  
  Score(argument: _tandem_v1_ScoreRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  Score(argument: _tandem_v1_ScoreRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  Score(argument: _tandem_v1_ScoreRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  Score(argument: _tandem_v1_ScoreRequest, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  score(argument: _tandem_v1_ScoreRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  score(argument: _tandem_v1_ScoreRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  score(argument: _tandem_v1_ScoreRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  score(argument: _tandem_v1_ScoreRequest, callback: grpc.requestCallback<_tandem_v1_ScoreResponse__Output>): grpc.ClientUnaryCall;
  
}

export interface RewardServiceHandlers extends grpc.UntypedServiceImplementation {
  GetLoad: grpc.handleUnaryCall<_tandem_v1_GetLoadRequest__Output, _tandem_v1_GetLoadResponse>;
  
  GetModel: grpc.handleUnaryCall<_tandem_v1_GetModelRequest__Output, _tandem_v1_GetModelResponse>;
  
  GetTextFiles: grpc.handleServerStreamingCall<_tandem_v1_GetTextFilesRequest__Output, _tandem_v1_TextFileChunk>;
  
  Score: grpc.handleUnaryCall<_tandem_v1_ScoreRequest__Output, _tandem_v1_ScoreResponse>;
  
}

export interface RewardServiceDefinition extends grpc.ServiceDefinition {
  GetLoad: MethodDefinition<_tandem_v1_GetLoadRequest, _tandem_v1_GetLoadResponse, _tandem_v1_GetLoadRequest__Output, _tandem_v1_GetLoadResponse__Output>
  GetModel: MethodDefinition<_tandem_v1_GetModelRequest, _tandem_v1_GetModelResponse, _tandem_v1_GetModelRequest__Output, _tandem_v1_GetModelResponse__Output>
  GetTextFiles: MethodDefinition<_tandem_v1_GetTextFilesRequest, _tandem_v1_TextFileChunk, _tandem_v1_GetTextFilesRequest__Output, _tandem_v1_TextFileChunk__Output>
  Score: MethodDefinition<_tandem_v1_ScoreRequest, _tandem_v1_ScoreResponse, _tandem_v1_ScoreRequest__Output, _tandem_v1_ScoreResponse__Output>
}
