import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'

/**
 * Bounds how many objects a message makes. Two bytes can encode an empty nested message, which
 * takes hundreds of bytes as an object: 16 MiB of them took 18 s and 2.7 GB, and 64 MiB ended the
 * process.
 */

/** The fields of a message that hold messages, by number. */
export interface MessageShape {
  readonly [field: number]: MessageShape
}

/** Maximum number of fields of a message and all messages in it. */
export const maxFields = 1 << 16

const leaf: MessageShape = {}
const tokenIds = leaf
const readout: MessageShape = { 1: leaf, 2: { 1: tokenIds }, 3: leaf, 4: leaf }

/** StepRequest: forks, reorder, steps with their readouts. */
export const stepRequestShape: MessageShape = { 4: leaf, 5: leaf, 6: { 6: readout } }
/** ScoreRequest: sequences. */
export const scoreRequestShape: MessageShape = { 3: tokenIds }

/** The requests of a logit service, by the name of the method. */
export const stepShapes = { Step: stepRequestShape, StepStream: stepRequestShape }
/** The requests of a reward service, by the name of the method. */
export const scoreShapes = { Score: scoreRequestShape }

/**
 * Returns the service with a check of all fields before a request is parsed.
 * @param shapes the messages by the name of the method
 */
export function withFieldLimit<T extends ServiceDefinition>(
  service: T,
  shapes: Readonly<Record<string, MessageShape>>,
): T {
  const limited = Object.entries(shapes).map(([name, shape]) => {
    const method = service[name] as MethodDefinition<unknown, unknown>
    const requestDeserialize = (bytes: Buffer) => {
      assertFields(bytes, shape)
      return method.requestDeserialize(bytes)
    }
    return [name, { ...method, requestDeserialize }] as const
  })
  return { ...service, ...Object.fromEntries(limited) }
}

/** @throws RangeError if the message has too many fields or is not valid */
export function assertFields(bytes: Uint8Array, shape: MessageShape): void {
  countFields(new WireReader(bytes), bytes.length, shape, 0)
}

function countFields(reader: WireReader, end: number, shape: MessageShape, before: number): number {
  let count = before
  while (reader.position < end) {
    count++
    if (count > maxFields) throw new RangeError(`the message has too many fields: expected at most ${maxFields}`)
    const tag = reader.varint()
    const nested = shape[Math.floor(tag / 8)]
    const length = reader.lengthOf(tag % 8)
    const next = reader.position + length
    if (next > end) throw new RangeError(`a field ends after its message: found ${next}, expected at most ${end}`)
    if (nested !== undefined && tag % 8 === lengthDelimited) count = countFields(reader, next, nested, count)
    reader.position = next
  }
  return count
}

const lengthDelimited = 2

/** Reads the protobuf wire format. */
class WireReader {
  position = 0

  constructor(private readonly bytes: Uint8Array) {}

  varint(): number {
    let value = 0
    for (let shift = 0; shift < 10; shift++) {
      const byte = this.bytes[this.position++]
      if (byte === undefined) throw new RangeError('the message ends within a number')
      value += (byte & 127) * 2 ** (7 * shift)
      if (byte < 128) return value
    }
    throw new RangeError('the message has a number of more than 10 bytes')
  }

  /** Returns the bytes that the field's value has after this position. */
  lengthOf(wireType: number): number {
    if (wireType === lengthDelimited) return this.varint()
    if (wireType === 1) return 8
    if (wireType === 5) return 4
    if (wireType !== 0) throw new RangeError(`a field has the wire type ${wireType}: expected 0, 1, 2 or 5`)
    this.varint()
    return 0
  }
}
