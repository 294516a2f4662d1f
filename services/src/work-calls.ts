import {
  ServerInterceptingCall,
  type ServerInterceptingCallInterface,
  type ServerInterceptor,
  type ServerListener,
  ServerListenerBuilder,
  status,
} from '@grpc/grpc-js'

/** What a client reads if its call comes too late. The call can be sent again elsewhere. */
const refusal = { code: status.UNAVAILABLE, details: 'the service is stopping: send the request to another replica' }

/**
 * Counts the open calls that compute, and refuses new ones on demand. Calls of other methods, such
 * as health checks, are neither counted nor refused.
 */
export class WorkCalls {
  private open = 0
  private isRefusing = false
  private onIdle: () => void = () => undefined
  private readonly idle = new Promise<void>((resolve) => {
    this.onIdle = resolve
  })

  /** @param methods names of the methods that compute, such as "StepStream" */
  constructor(private readonly methods: ReadonlySet<string>) {}

  /** The interceptor of the server. */
  readonly interceptor: ServerInterceptor = ({ path }, call) =>
    this.methods.has(path.slice(path.lastIndexOf('/') + 1)) ? this.intercept(call) : new ServerInterceptingCall(call)

  /** Refuses new calls. Resolves when no call is open. */
  refuse(): Promise<void> {
    this.isRefusing = true
    if (this.open === 0) this.onIdle()
    return this.idle
  }

  private intercept(call: ServerInterceptingCallInterface): ServerInterceptingCall {
    const listener = this.isRefusing ? refuseBy(call) : this.observe()
    return new ServerInterceptingCall(call, { start: (next) => next(listener) })
  }

  /** Counts a call until its HTTP/2 stream closes: grpc-js reports that as a cancellation. */
  private observe(): ServerListener {
    this.open++
    const end = () => {
      this.open--
      if (this.isRefusing && this.open === 0) this.onIdle()
    }
    return new ServerListenerBuilder().withOnCancel(end).build()
  }
}

const refuseBy = (call: ServerInterceptingCallInterface): ServerListener =>
  new ServerListenerBuilder().withOnReceiveMetadata(() => call.sendStatus(refusal)).build()
