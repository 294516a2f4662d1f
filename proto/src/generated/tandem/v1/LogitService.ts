// Original file: tandem/v1/logits.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { GetLoadRequest as _tandem_v1_GetLoadRequest, GetLoadRequest__Output as _tandem_v1_GetLoadRequest__Output } from '../../tandem/v1/GetLoadRequest.js';
import type { GetLoadResponse as _tandem_v1_GetLoadResponse, GetLoadResponse__Output as _tandem_v1_GetLoadResponse__Output } from '../../tandem/v1/GetLoadResponse.js';
import type { GetModelRequest as _tandem_v1_GetModelRequest, GetModelRequest__Output as _tandem_v1_GetModelRequest__Output } from '../../tandem/v1/GetModelRequest.js';
import type { GetModelResponse as _tandem_v1_GetModelResponse, GetModelResponse__Output as _tandem_v1_GetModelResponse__Output } from '../../tandem/v1/GetModelResponse.js';
import type { GetTextFilesRequest as _tandem_v1_GetTextFilesRequest, GetTextFilesRequest__Output as _tandem_v1_GetTextFilesRequest__Output } from '../../tandem/v1/GetTextFilesRequest.js';
import type { StepRequest as _tandem_v1_StepRequest, StepRequest__Output as _tandem_v1_StepRequest__Output } from '../../tandem/v1/StepRequest.js';
import type { StepResponse as _tandem_v1_StepResponse, StepResponse__Output as _tandem_v1_StepResponse__Output } from '../../tandem/v1/StepResponse.js';
import type { TextFileChunk as _tandem_v1_TextFileChunk, TextFileChunk__Output as _tandem_v1_TextFileChunk__Output } from '../../tandem/v1/TextFileChunk.js';

export interface LogitServiceClient extends grpc.Client {
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
  
  Step(argument: _tandem_v1_StepRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  Step(argument: _tandem_v1_StepRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  Step(argument: _tandem_v1_StepRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  Step(argument: _tandem_v1_StepRequest, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _tandem_v1_StepRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _tandem_v1_StepRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _tandem_v1_StepRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  step(argument: _tandem_v1_StepRequest, callback: grpc.requestCallback<_tandem_v1_StepResponse__Output>): grpc.ClientUnaryCall;
  
  StepStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tandem_v1_StepRequest, _tandem_v1_StepResponse__Output>;
  StepStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tandem_v1_StepRequest, _tandem_v1_StepResponse__Output>;
  stepStream(metadata: grpc.Metadata, options?: grpc.CallOptions): grpc.ClientDuplexStream<_tandem_v1_StepRequest, _tandem_v1_StepResponse__Output>;
  stepStream(options?: grpc.CallOptions): grpc.ClientDuplexStream<_tandem_v1_StepRequest, _tandem_v1_StepResponse__Output>;
  
}

export interface LogitServiceHandlers extends grpc.UntypedServiceImplementation {
  GetLoad: grpc.handleUnaryCall<_tandem_v1_GetLoadRequest__Output, _tandem_v1_GetLoadResponse>;
  
  GetModel: grpc.handleUnaryCall<_tandem_v1_GetModelRequest__Output, _tandem_v1_GetModelResponse>;
  
  GetTextFiles: grpc.handleServerStreamingCall<_tandem_v1_GetTextFilesRequest__Output, _tandem_v1_TextFileChunk>;
  
  Step: grpc.handleUnaryCall<_tandem_v1_StepRequest__Output, _tandem_v1_StepResponse>;
  
  StepStream: grpc.handleBidiStreamingCall<_tandem_v1_StepRequest__Output, _tandem_v1_StepResponse>;
  
}

export interface LogitServiceDefinition extends grpc.ServiceDefinition {
  GetLoad: MethodDefinition<_tandem_v1_GetLoadRequest, _tandem_v1_GetLoadResponse, _tandem_v1_GetLoadRequest__Output, _tandem_v1_GetLoadResponse__Output>
  GetModel: MethodDefinition<_tandem_v1_GetModelRequest, _tandem_v1_GetModelResponse, _tandem_v1_GetModelRequest__Output, _tandem_v1_GetModelResponse__Output>
  GetTextFiles: MethodDefinition<_tandem_v1_GetTextFilesRequest, _tandem_v1_TextFileChunk, _tandem_v1_GetTextFilesRequest__Output, _tandem_v1_TextFileChunk__Output>
  Step: MethodDefinition<_tandem_v1_StepRequest, _tandem_v1_StepResponse, _tandem_v1_StepRequest__Output, _tandem_v1_StepResponse__Output>
  StepStream: MethodDefinition<_tandem_v1_StepRequest, _tandem_v1_StepResponse, _tandem_v1_StepRequest__Output, _tandem_v1_StepResponse__Output>
}
