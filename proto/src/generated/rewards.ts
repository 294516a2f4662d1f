import type * as grpc from '@grpc/grpc-js';
import type { EnumTypeDefinition, MessageTypeDefinition } from '@grpc/proto-loader';

import type { Candidates as _tandem_v1_Candidates, Candidates__Output as _tandem_v1_Candidates__Output } from './tandem/v1/Candidates.js';
import type { Device as _tandem_v1_Device, Device__Output as _tandem_v1_Device__Output } from './tandem/v1/Device.js';
import type { Fork as _tandem_v1_Fork, Fork__Output as _tandem_v1_Fork__Output } from './tandem/v1/Fork.js';
import type { Full as _tandem_v1_Full, Full__Output as _tandem_v1_Full__Output } from './tandem/v1/Full.js';
import type { Gather as _tandem_v1_Gather, Gather__Output as _tandem_v1_Gather__Output } from './tandem/v1/Gather.js';
import type { GetLoadRequest as _tandem_v1_GetLoadRequest, GetLoadRequest__Output as _tandem_v1_GetLoadRequest__Output } from './tandem/v1/GetLoadRequest.js';
import type { GetLoadResponse as _tandem_v1_GetLoadResponse, GetLoadResponse__Output as _tandem_v1_GetLoadResponse__Output } from './tandem/v1/GetLoadResponse.js';
import type { GetModelRequest as _tandem_v1_GetModelRequest, GetModelRequest__Output as _tandem_v1_GetModelRequest__Output } from './tandem/v1/GetModelRequest.js';
import type { GetModelResponse as _tandem_v1_GetModelResponse, GetModelResponse__Output as _tandem_v1_GetModelResponse__Output } from './tandem/v1/GetModelResponse.js';
import type { GetTextFilesRequest as _tandem_v1_GetTextFilesRequest, GetTextFilesRequest__Output as _tandem_v1_GetTextFilesRequest__Output } from './tandem/v1/GetTextFilesRequest.js';
import type { LogitServiceClient as _tandem_v1_LogitServiceClient, LogitServiceDefinition as _tandem_v1_LogitServiceDefinition } from './tandem/v1/LogitService.js';
import type { Readout as _tandem_v1_Readout, Readout__Output as _tandem_v1_Readout__Output } from './tandem/v1/Readout.js';
import type { Reorder as _tandem_v1_Reorder, Reorder__Output as _tandem_v1_Reorder__Output } from './tandem/v1/Reorder.js';
import type { RewardServiceClient as _tandem_v1_RewardServiceClient, RewardServiceDefinition as _tandem_v1_RewardServiceDefinition } from './tandem/v1/RewardService.js';
import type { Row as _tandem_v1_Row, Row__Output as _tandem_v1_Row__Output } from './tandem/v1/Row.js';
import type { ScoreRequest as _tandem_v1_ScoreRequest, ScoreRequest__Output as _tandem_v1_ScoreRequest__Output } from './tandem/v1/ScoreRequest.js';
import type { ScoreResponse as _tandem_v1_ScoreResponse, ScoreResponse__Output as _tandem_v1_ScoreResponse__Output } from './tandem/v1/ScoreResponse.js';
import type { Scores as _tandem_v1_Scores, Scores__Output as _tandem_v1_Scores__Output } from './tandem/v1/Scores.js';
import type { Step as _tandem_v1_Step, Step__Output as _tandem_v1_Step__Output } from './tandem/v1/Step.js';
import type { StepError as _tandem_v1_StepError, StepError__Output as _tandem_v1_StepError__Output } from './tandem/v1/StepError.js';
import type { StepRequest as _tandem_v1_StepRequest, StepRequest__Output as _tandem_v1_StepRequest__Output } from './tandem/v1/StepRequest.js';
import type { StepResponse as _tandem_v1_StepResponse, StepResponse__Output as _tandem_v1_StepResponse__Output } from './tandem/v1/StepResponse.js';
import type { StepResult as _tandem_v1_StepResult, StepResult__Output as _tandem_v1_StepResult__Output } from './tandem/v1/StepResult.js';
import type { TextFileChunk as _tandem_v1_TextFileChunk, TextFileChunk__Output as _tandem_v1_TextFileChunk__Output } from './tandem/v1/TextFileChunk.js';
import type { TokenIds as _tandem_v1_TokenIds, TokenIds__Output as _tandem_v1_TokenIds__Output } from './tandem/v1/TokenIds.js';
import type { TopK as _tandem_v1_TopK, TopK__Output as _tandem_v1_TopK__Output } from './tandem/v1/TopK.js';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  tandem: {
    v1: {
      Candidates: MessageTypeDefinition<_tandem_v1_Candidates, _tandem_v1_Candidates__Output>
      Device: MessageTypeDefinition<_tandem_v1_Device, _tandem_v1_Device__Output>
      Fork: MessageTypeDefinition<_tandem_v1_Fork, _tandem_v1_Fork__Output>
      Full: MessageTypeDefinition<_tandem_v1_Full, _tandem_v1_Full__Output>
      Gather: MessageTypeDefinition<_tandem_v1_Gather, _tandem_v1_Gather__Output>
      GetLoadRequest: MessageTypeDefinition<_tandem_v1_GetLoadRequest, _tandem_v1_GetLoadRequest__Output>
      GetLoadResponse: MessageTypeDefinition<_tandem_v1_GetLoadResponse, _tandem_v1_GetLoadResponse__Output>
      GetModelRequest: MessageTypeDefinition<_tandem_v1_GetModelRequest, _tandem_v1_GetModelRequest__Output>
      GetModelResponse: MessageTypeDefinition<_tandem_v1_GetModelResponse, _tandem_v1_GetModelResponse__Output>
      GetTextFilesRequest: MessageTypeDefinition<_tandem_v1_GetTextFilesRequest, _tandem_v1_GetTextFilesRequest__Output>
      LogitService: SubtypeConstructor<typeof grpc.Client, _tandem_v1_LogitServiceClient> & { service: _tandem_v1_LogitServiceDefinition }
      Readout: MessageTypeDefinition<_tandem_v1_Readout, _tandem_v1_Readout__Output>
      Reorder: MessageTypeDefinition<_tandem_v1_Reorder, _tandem_v1_Reorder__Output>
      RewardService: SubtypeConstructor<typeof grpc.Client, _tandem_v1_RewardServiceClient> & { service: _tandem_v1_RewardServiceDefinition }
      Row: MessageTypeDefinition<_tandem_v1_Row, _tandem_v1_Row__Output>
      Rows: EnumTypeDefinition
      ScoreRequest: MessageTypeDefinition<_tandem_v1_ScoreRequest, _tandem_v1_ScoreRequest__Output>
      ScoreResponse: MessageTypeDefinition<_tandem_v1_ScoreResponse, _tandem_v1_ScoreResponse__Output>
      Scores: MessageTypeDefinition<_tandem_v1_Scores, _tandem_v1_Scores__Output>
      Step: MessageTypeDefinition<_tandem_v1_Step, _tandem_v1_Step__Output>
      StepError: MessageTypeDefinition<_tandem_v1_StepError, _tandem_v1_StepError__Output>
      StepRequest: MessageTypeDefinition<_tandem_v1_StepRequest, _tandem_v1_StepRequest__Output>
      StepResponse: MessageTypeDefinition<_tandem_v1_StepResponse, _tandem_v1_StepResponse__Output>
      StepResult: MessageTypeDefinition<_tandem_v1_StepResult, _tandem_v1_StepResult__Output>
      TextFileChunk: MessageTypeDefinition<_tandem_v1_TextFileChunk, _tandem_v1_TextFileChunk__Output>
      TokenIds: MessageTypeDefinition<_tandem_v1_TokenIds, _tandem_v1_TokenIds__Output>
      TopK: MessageTypeDefinition<_tandem_v1_TopK, _tandem_v1_TopK__Output>
    }
  }
}

