import { fileURLToPath } from 'node:url'
import { status } from '@grpc/grpc-js'
import { type GetLoadResponse, type GetModelResponse, RewardService, type RewardServiceHandlers } from '@tandem/proto'
import { sendTextFiles, ToyServer } from './toy-server.js'

const fixture = fileURLToPath(new URL('../../../test/fixtures/tiny-reward/base/', import.meta.url))

/** A reward service in this process, with the real contract. Its score is a sum over the tokens. */
export class ToyReward {
  readonly model: GetModelResponse = {
    modelId: 'toy-reward',
    version: 'd'.repeat(64),
    role: 'reward',
    vocabularySize: 512,
    tokenizerFingerprint: 'e'.repeat(64),
    eosTokenIds: [2],
    contextLength: 64,
  }
  readonly textFiles = new Map<string, string>()
  /** Awaited before each answer. */
  beforeScore: () => void | Promise<void> = () => undefined
  /** Sent once instead of the next answer. */
  nextError: { code: status; details: string } | null = null
  /** Sequences seen so far. */
  readonly sequences: number[][] = []
  /** The trace context of each call so far. */
  readonly traceparents: string[] = []
  /** Number of calls that the client cancelled. */
  cancelled = 0
  load: GetLoadResponse = { sessions: 0, maxSessions: 16, kvBytes: 0, maxKvBytes: 1_000_000, queued: 0, maxQueued: 256 }
  private readonly server = new ToyServer(
    (server) => server.addService(RewardService.service, this.handlers()),
    () => true,
  )

  start = (port = 0): Promise<string> => this.server.start(port)
  kill = (): void => this.server.kill()

  /** The expected score of a sequence. */
  static score = (ids: readonly number[]): number => ids.reduce((sum, id, i) => sum + ((id * (i + 3)) % 17) - 8, 0.5)

  private handlers(): RewardServiceHandlers {
    return {
      GetModel: (_call, answer) => answer(null, this.model),
      GetLoad: (_call, answer) => answer(null, this.load),
      GetTextFiles: (call) => sendTextFiles(fixture, this.textFiles, call),
      Score: (call, answer) => {
        call.on('cancelled', () => this.cancelled++)
        const sequences = call.request.sequences.map(({ ids }) => ids)
        this.sequences.push(...sequences)
        this.traceparents.push(call.request.traceparent)
        const error = this.nextError
        this.nextError = null
        Promise.resolve(this.beforeScore()).then(
          () => (error === null ? answer(null, { scores: sequences.map(ToyReward.score) }) : answer(error)),
          (failure: Error) => answer({ code: status.INTERNAL, details: failure.message }),
        )
      },
    }
  }
}
