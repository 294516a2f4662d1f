import type {
  GetModelResponse,
  GetModelResponse__Output,
  StepRequest__Output,
  StepResponse,
  StepResponse__Output,
} from '@tandem/proto'
import { LogitProxy } from '../stack/logit-proxy.js'

/** What a proxy changes. Everything else passes as it is. */
export interface ProxyFaults {
  readonly changeModel?: (model: GetModelResponse__Output) => GetModelResponse | Promise<GetModelResponse>
  readonly changeTextFile?: (name: string, data: Buffer) => Buffer
  /**
   * Returns what the gateway gets instead of a response.
   * @throws StreamEnd to end the stream
   */
  readonly changeResponse?: (
    response: StepResponse__Output,
    request: StepRequest__Output,
  ) => readonly StepResponse[] | Promise<readonly StepResponse[]>
}

/** Ends the stream with a gRPC status. */
export class StreamEnd extends Error {
  override readonly name = 'StreamEnd'

  constructor(
    readonly code: number,
    readonly details = 'a fault of a test',
  ) {
    super(details)
  }
}

/** A proxy that causes faults between a gateway and a logit service. */
export class FaultProxy extends LogitProxy {
  /** What is changed from now on. */
  faults: ProxyFaults = {}
  /** Step messages that the service has got. */
  requests = 0
  /** Models that the gateway has got. */
  modelReads = 0

  protected override async changeModel(model: GetModelResponse__Output): Promise<GetModelResponse> {
    const changed = (await this.faults.changeModel?.(model)) ?? model
    this.modelReads++
    return changed
  }

  protected override changeTextFile(name: string, data: Buffer): Buffer {
    return this.faults.changeTextFile?.(name, data) ?? data
  }

  protected override onRequest(): void {
    this.requests++
  }

  protected override async onResponse(
    response: StepResponse__Output,
    request: StepRequest__Output,
  ): Promise<readonly StepResponse[]> {
    return (await this.faults.changeResponse?.(response, request)) ?? [response]
  }
}
