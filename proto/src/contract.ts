import { fileURLToPath } from 'node:url'
import { loadPackageDefinition } from '@grpc/grpc-js'
import { loadSync, type Options } from '@grpc/proto-loader'
import type { ProtoGrpcType } from './generated/rewards.js'
import { maxMessageBytes } from './limits.js'

/** The folder of the .proto files, for server reflection and for other languages. */
export const protoFolder = fileURLToPath(new URL('..', import.meta.url))

/**
 * Must match the flags of `npm run generate`, because the generated types describe the output of
 * this loader.
 */
const loaderOptions: Options = {
  longs: String,
  enums: String,
  defaults: true,
  oneofs: true,
  includeDirs: [protoFolder],
}

/** The whole contract: rewards.proto imports logits.proto. */
export const packageDefinition = loadSync('tandem/v1/rewards.proto', loaderOptions)

/** The client classes and the service definitions. */
export const { LogitService, RewardService } = (loadPackageDefinition(packageDefinition) as unknown as ProtoGrpcType)
  .tandem.v1

/** The channel options of clients and servers. */
export const channelOptions = {
  'grpc.max_receive_message_length': maxMessageBytes,
  'grpc.max_send_message_length': maxMessageBytes,
  'grpc.keepalive_time_ms': 20_000,
  'grpc.keepalive_timeout_ms': 10_000,
  'grpc.keepalive_permit_without_calls': 1,
  'grpc-node.flow_control_window': 4 * 1024 * 1024,
} as const
