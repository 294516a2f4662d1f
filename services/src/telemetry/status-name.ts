import { status } from '@grpc/grpc-js'
import type { StatusCode } from '../errors.js'

/** Returns the name of a gRPC status: "INVALID_ARGUMENT". */
export const statusName = (code: StatusCode): string => status[code] ?? 'UNKNOWN'
