import { setImmediate } from 'node:timers'
import { parentPort, workerData } from 'node:worker_threads'
import type { EncodeJob } from './encode-job.js'
import type { EncoderAnswer, EncoderRequest, TextSource } from './encoder-messages.js'
import { FairQueue, type WorkOutcome } from './fair-queue.js'
import { openText } from './open-text.js'
import { TextError } from './tokenizer/text-error.js'
import type { Work } from './tokenizer/work.js'

if (parentPort === null) throw new Error('encoder-worker.js runs in a worker thread')
const port = parentPort
const { files, model } = workerData as TextSource
const text = openText(files, model)
const queue = new FairQueue<number[][]>()
const answer = (message: EncoderAnswer) => port.postMessage(message)

port.on('message', (request: EncoderRequest) => {
  const { id } = request
  if (request.type === 'cancel') {
    queue.remove(id)
    answer({ type: 'cancelled', id })
    return
  }
  const wasEmpty = queue.isEmpty
  queue.add({ id, work: encodeAll(request.jobs), onEnd: (outcome) => answer(toAnswer(id, outcome)) })
  if (wasEmpty) setImmediate(takeTurns)
})
answer({ type: 'ready' })

/** Does a turn, then lets messages in before the next one. */
function takeTurns(): void {
  queue.takeTurn()
  if (!queue.isEmpty) setImmediate(takeTurns)
}

function* encodeAll(jobs: readonly EncodeJob[]): Work<number[][]> {
  const all: number[][] = []
  for (const job of jobs) {
    all.push(yield* text.start(job))
    yield
  }
  return all
}

function toAnswer(id: number, outcome: WorkOutcome<number[][]>): EncoderAnswer {
  if (outcome.type === 'done') return { type: 'encoded', id, ids: outcome.value }
  const { error } = outcome
  const message = error instanceof Error ? error.message : String(error)
  return { type: 'failed', id, code: error instanceof TextError ? error.code : null, message }
}
