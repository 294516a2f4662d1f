import { Client, credentials } from '@grpc/grpc-js'
import { loadSync, type MethodDefinition } from '@grpc/proto-loader'
import type { ProtoFiles } from './calls.js'

/**
 * Messages in the JSON form of protobuf, which k6 uses: camel case, 64-bit integers and bytes as
 * strings.
 */
const jsonForm = { keepCase: false, longs: String, enums: String, bytes: String, defaults: true, oneofs: false }

/**
 * Finds a method in proto files. Its serializer refuses fields that the message does not have, as
 * k6 does.
 * @param name "tandem.v1.LogitService/GetModel"
 * @throws Error if the files have no such method
 */
export function methodOf({ folders, files }: ProtoFiles, name: string): MethodDefinition<object, object> {
  const definitions = loadSync([...files], { ...jsonForm, includeDirs: [...folders] })
  const [service = '', method = ''] = name.split('/')
  const found = (definitions[service] as Record<string, MethodDefinition<object, object>> | undefined)?.[method]
  if (found === undefined) throw new Error(`${name} is not in ${files.join(', ')}: expected a service and its method`)
  const requestSerialize = (request: object) => {
    const bytes = found.requestSerialize(request)
    assertKnownFields(request, found.requestDeserialize(bytes), name)
    return bytes
  }
  return { ...found, requestSerialize }
}

/** Opens a channel without TLS. The caller closes it. */
export const openChannel = (address: string): Client => new Client(address, credentials.createInsecure())

/** @throws Error that names a field of the request that did not survive serialization */
function assertKnownFields(given: unknown, known: unknown, path: string): void {
  if (typeof given !== 'object' || given === null) return
  for (const [key, value] of Object.entries(given)) {
    if (typeof known !== 'object' || known === null || !(key in known))
      throw new Error(`${path} has no field ${key}: found it in the request`)
    assertKnownFields(value, (known as Record<string, unknown>)[key], `${path}.${key}`)
  }
}
