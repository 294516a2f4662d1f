import type { MessageTracer } from '../contract/message-tracer.js'
import type { SessionSet } from '../contract/session.js'
import { EngineSenders } from '../grpc/engine-senders.js'
import type { LogitServiceConnection } from '../grpc/logit-service.js'
import type { Lease, Replicas } from '../replicas/lease.js'
import type { OnFailover } from './failover.js'
import { FailoverSessionSet, type Placement, type Vacancy } from './failover-session-set.js'
import { ReplayBudget } from './replay-budget.js'

/** What all sessions of a request have in common. */
export interface RequestOptions {
  /** The replicas of each model, by its name. */
  readonly models: ReadonlyMap<string, Replicas<LogitServiceConnection>>
  /** The release that the request uses; null if it uses any. */
  readonly release: string | null
  /** Only ids below this limit are used. */
  readonly vocabularyLimit: number
  /** Maximum time for one step. */
  readonly stepTimeoutMs: number
  /** Sessions with the same scope may share cached prompts. Empty disables sharing. */
  readonly prefixScope: string
  /** How often sessions may continue on another replica after a failure. */
  readonly maxReplays: number
  /** Is told when sessions of the request continue on another replica. */
  readonly onFailover?: OnFailover
}

/**
 * What the sessions of one prompt have in common. Sets that are opened with the same object share
 * messages if one engine runs their models. Those of other prompts do not: no prompt waits for
 * another.
 */
export interface PromptOptions {
  readonly tokenIds: readonly number[]
  /** Is told about each message. Undefined traces nothing. */
  readonly messages?: MessageTracer | undefined
}

/**
 * Opens the sessions of one request, which survive the loss of replicas. All sessions of a model
 * use one version of it, whatever happens.
 */
export class RequestSessions {
  private readonly senders = new WeakMap<PromptOptions, EngineSenders>()
  /** The version of each model that the request uses. */
  private readonly versions = new Map<string, string>()
  /** Engines that serve several models. */
  private readonly engineIds = new Set<string>()
  private readonly budget: ReplayBudget
  private lastChoice: Promise<unknown> = Promise.resolve()

  constructor(private readonly options: RequestOptions) {
    this.budget = new ReplayBudget(options.maxReplays)
  }

  /**
   * Opens a set with one session.
   * @throws SessionError if no replica is ready in time
   */
  async open(model: string, prompt: PromptOptions, signal: AbortSignal): Promise<SessionSet> {
    const find = async (avoid: string | null, othersNow: boolean) =>
      this.vacancyAt(await this.lease(model, prompt, { avoid, othersNow }, signal), prompt, signal)
    const { onFailover } = this.options
    return new FailoverSessionSet({ model, signal, budget: this.budget, onFailover, find }, await find(null, false))
  }

  /**
   * Chooses replicas one after another, so that each choice knows the versions and the engines that
   * the request uses. A choice that does not wait needs no turn: both are known by then.
   */
  private lease(
    model: string,
    { tokenIds }: PromptOptions,
    { avoid, othersNow }: { readonly avoid: string | null; readonly othersNow: boolean },
    signal: AbortSignal,
  ): Promise<Lease<LogitServiceConnection>> {
    const { models, prefixScope, release } = this.options
    const replicas = models.get(model)
    if (!replicas)
      throw new RangeError(`the model "${model}" does not exist; expected one of: ${[...models.keys()].join(', ')}`)
    const acquire = async () => {
      const version = this.versions.get(model) ?? null
      const own = { engineIds: this.engineIds, prompt: { scope: prefixScope, tokenIds } }
      const avoided = new Set(avoid === null ? [] : [avoid])
      const lease = await replicas.acquire({ ...own, release, version, avoid: avoided, othersNow }, signal)
      this.versions.set(model, lease.model.version)
      const { device, engineRoles } = lease.model
      if (device && engineRoles.length > 1) this.engineIds.add(device.engineId)
      return lease
    }
    if (othersNow) return acquire()
    const lease = this.lastChoice.then(acquire)
    this.lastChoice = lease.catch(() => undefined)
    return lease
  }

  private sendersOf(prompt: PromptOptions): EngineSenders {
    const senders = this.senders.get(prompt) ?? new EngineSenders()
    this.senders.set(prompt, senders)
    return senders
  }

  private vacancyAt(lease: Lease<LogitServiceConnection>, prompt: PromptOptions, signal: AbortSignal): Vacancy {
    const { vocabularyLimit, stepTimeoutMs, prefixScope } = this.options
    const [{ messages }, senders] = [prompt, this.sendersOf(prompt)]
    const { connection, address, model: served } = lease
    const options = { vocabularyLimit, stepTimeoutMs, prefixScope, senders, messages, served, signal }
    const own = { ...options, lost: lease.lost }
    return { address, open: (sequences) => placementAt(lease, connection.openSessions(own, sequences)) }
  }
}

/** Time until sessions try again to leave a replica that shuts down. */
const retryMoveMs = 1_000

function placementAt(lease: Lease<LogitServiceConnection>, set: Placement['set']): Placement {
  let staysUntilMs = 0
  return {
    address: lease.address,
    set,
    get shouldMove() {
      return lease.shouldMove && performance.now() >= staysUntilMs
    },
    stay: () => {
      staysUntilMs = performance.now() + retryMoveMs
    },
    succeed: () => lease.succeed(),
    fail: (error) => lease.fail(error),
    close: () => {
      set.close()
      lease.release()
    },
  }
}
