import type { Context } from '@tandem/cli'
import { findHardware } from '../measure/report.js'
import type { LoadArguments } from './arguments.js'
import { watchKeyValues } from './key-value-peak.js'
import type { LoadResult } from './load-result.js'
import { type LoadTarget, openTarget } from './load-target.js'
import { loadRoute, type RouteResult, routesOf } from './route-load.js'
import { runProfile } from './run-profile.js'
import { readFacts } from './target-facts.js'

/** Runs a load test: starts the stack if it must, sends the loads, and stops the stack. */
export async function runLoadTest(args: LoadArguments, context: Context): Promise<LoadResult> {
  const hardware = findHardware()
  const target = await openTarget(args, context)
  try {
    return { ...(await loadTarget(args, target, context)), args, what: target.what, hardware, date: new Date() }
  } finally {
    await target.stop()
  }
}

type Loaded = Omit<LoadResult, 'args' | 'what' | 'hardware' | 'date'>

async function loadTarget(args: LoadArguments, target: LoadTarget, { signal, output }: Context): Promise<Loaded> {
  const facts = await readFacts(target, signal)
  const over = new AbortController()
  const peaks = watchKeyValues(target.services, AbortSignal.any([signal, over.signal]))
  const [startMs, startCpu] = [performance.now(), process.cpuUsage()]
  try {
    const measured = await runProfile(args, target, signal, ({ name, summary }) => {
      output.write(`${name}: ${summary.goodputPerSecond.toFixed(2)} good answers/s of ${summary.sent} requests\n`)
    })
    const routes = await loadRoutes(args, target, signal)
    const clientCores = coresSince(startMs, startCpu)
    over.abort()
    return { ...measured, facts, routes, peaks: await peaks, clientCores }
  } finally {
    over.abort()
  }
}

async function loadRoutes({ routeSeconds }: LoadArguments, target: LoadTarget, signal: AbortSignal) {
  const results: RouteResult[] = []
  if (routeSeconds === 0) return results
  for (const route of routesOf(target.model)) results.push(await loadRoute(target, route, routeSeconds, signal))
  return results
}

function coresSince(startMs: number, startCpu: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(startCpu)
  return (user + system) / 1000 / (performance.now() - startMs)
}
