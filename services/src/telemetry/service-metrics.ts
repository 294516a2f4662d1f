import type { Meter } from '@opentelemetry/api'
import { createInstrument } from '@tandem/telemetry'
import { statusCodes } from '../errors.js'
import type { ServedMessage } from './served-message.js'
import { statusName } from './status-name.js'

/** Records the metrics of messages. */
export class ServiceMetrics {
  private readonly batchSize
  private readonly queueTime
  private readonly computeTime
  private readonly errors

  /** @param modelName id of the model in its manifest; both models of a pair have the same */
  constructor(
    meter: Meter,
    private readonly modelName: string,
  ) {
    this.batchSize = createInstrument(meter, 'batchSize')
    this.queueTime = createInstrument(meter, 'serviceQueueTime')
    this.computeTime = createInstrument(meter, 'serviceComputeTime')
    this.errors = createInstrument(meter, 'serviceErrors')
  }

  /**
   * Records a message. Its times count only if the model ran for it: not if it only closes sessions
   * or reads rows that are kept, or if it was aborted. A cancelled message is no error: an answer
   * that ends early does not need the messages that it has sent ahead.
   */
  record({ role, work, failures }: ServedMessage): void {
    const model = { model_name: this.modelName, role }
    for (const { role: failedRole, code } of failures)
      if (code !== statusCodes.cancelled) this.errors.add(1, { ...model, role: failedRole, code: statusName(code) })
    if (work.runs.length === 0) return
    this.queueTime.record(work.queueUs / 1e6, model)
    this.computeTime.record(work.computeUs / 1e6, model)
    for (const { batchSize, kind } of work.runs) this.batchSize.record(batchSize, { ...model, kind })
  }
}
