import { makeGenericClientConstructor, type ServiceDefinition } from '@grpc/grpc-js'

/** `grpc.health.v1.Health.Check` for the whole server: an empty request; the answer's only field is the status. */
const definition = {
  check: {
    path: '/grpc.health.v1.Health/Check',
    requestStream: false,
    responseStream: false,
    requestSerialize: () => Buffer.alloc(0),
    requestDeserialize: () => null,
    responseSerialize: () => Buffer.alloc(0),
    // Field 1, a varint; 1 is SERVING.
    responseDeserialize: (bytes: Buffer): boolean => bytes.length >= 2 && bytes[0] === 0x08 && bytes[1] === 1,
  },
} satisfies ServiceDefinition

/** A client of the standard health service, on the same channel as the others. */
export const HealthClient = makeGenericClientConstructor(definition, 'Health')
export const healthMethod = definition.check
