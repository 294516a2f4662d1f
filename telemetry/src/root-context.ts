import { type Context, type ContextManager, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * A context manager without a current context: contexts are passed as arguments. The library's own
 * manager keeps one for every await (AsyncLocalStorage), and nothing here would read it.
 */
export class RootContextManager implements ContextManager {
  active(): Context {
    return ROOT_CONTEXT
  }

  with<A extends unknown[], F extends (...args: A) => ReturnType<F>>(
    _context: Context,
    run: F,
    self?: ThisParameterType<F>,
    ...args: A
  ): ReturnType<F> {
    return run.call(self, ...args)
  }

  bind<T>(_context: Context, target: T): T {
    return target
  }

  enable(): this {
    return this
  }

  disable(): this {
    return this
  }
}
