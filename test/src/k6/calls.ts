/** A call that the worker makes while the script waits. What crosses the threads. */
export type Call = HttpCall | GrpcCall

/** An HTTP request. */
export interface HttpCall {
  readonly type: 'http'
  readonly method: string
  readonly url: string
  readonly body: string | null
  readonly headers: Readonly<Record<string, string>>
  readonly timeoutMs: number
}

/** An HTTP response with its whole body. */
export interface HttpReply {
  /** 0 without a response, as in k6. */
  readonly status: number
  /** The names are written as in Go: "Retry-After". */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string | null
  /** Milliseconds from the send to the end of the body, and to the first byte. */
  readonly durationMs: number
  readonly waitingMs: number
  /** Why there is no response, or "". */
  readonly error: string
}

/** A unary gRPC request over plaintext. */
export interface GrpcCall {
  readonly type: 'grpc'
  readonly definition: ProtoFiles
  readonly address: string
  /** "tandem.v1.LogitService/GetModel" */
  readonly method: string
  readonly request: object
  readonly timeoutMs: number
}

/** Files in the protobuf language, and the folders of their imports. */
export interface ProtoFiles {
  readonly folders: readonly string[]
  readonly files: readonly string[]
}

/** The response of a unary gRPC request. */
export interface GrpcReply {
  /** A gRPC status code. */
  readonly status: number
  readonly message: object | null
  readonly error: string
}
