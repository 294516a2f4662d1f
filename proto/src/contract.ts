import { fileURLToPath } from 'node:url'
import { loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync, type Options } from '@grpc/proto-loader'
import type { ProtoGrpcType } from './generated/rewards.js'

/** Where the .proto files are: for server reflection and for other languages. */
export const protoFolder = fileURLToPath(new URL('..', import.meta.url))

/** These match the flags of `npm run generate`: the generated types describe what this loader returns. */
const loaderOptions: Options = {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [protoFolder],
}

/** rewards.proto imports logits.proto: it is the whole contract. */
export const packageDefinition = loadSync('tandem/v1/rewards.proto', loaderOptions)

/** The client classes and the service definitions. */
export const { LogitService, RewardService } = (loadPackageDefinition(packageDefinition) as unknown as ProtoGrpcType)
  .tandem.v1

/**
 * Bytes of the largest message either side accepts (grpc-js refuses more than 4 MiB unless told).
 * A prompt's full rows are the largest: 64 MiB holds 340 rows of a 49,152-id vocabulary.
 */
export const maxMessageBytes = 64 * 1024 * 1024

/** Most sequences of one `RewardService.Score`. */
export const maxScoredSequences = 64

/** Channel and server options that both ends share. */
export const channelOptions = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
} as const
