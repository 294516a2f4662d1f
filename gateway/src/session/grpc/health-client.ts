import { makeGenericClientConstructor, type ServiceDefinition } from '@grpc/grpc-js'

/**
 * `grpc.health.v1.Health.Check` for the whole server. The request is empty; the
 * response has one field, the status.
 */
const definition = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: () => null,
    responseSerialize: () => Buffer.alloc(0),
    // Field 1 is a varint; value 1 means SERVING.
    responseDeserialize: (bytes: Buffer): boolean => bytes.length >= 2 && bytes[0] === 0x08 && bytes[1] === 1,
  },
} satisfies ServiceDefinition

/** The client of the standard health service. */
export const HealthClient = makeGenericClientConstructor(definition, 'Health')
/** The definition of the `Check` call. */
export const healthMethod = definition.check
