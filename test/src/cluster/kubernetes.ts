import { setTimeout as delay } from 'node:timers/promises'
import { z } from 'zod'
import { type CommandOptions, runCommandLine } from './shell.js'

const podSchema = z.object({
  metadata: z.object({
    name: z.string(),
    labels: z.record(z.string(), z.string()).default({}),
    deletionTimestamp: z.string().optional(),
  }),
  status: z.object({
    podIP: z.string().default(''),
    conditions: z.array(z.object({ type: z.string(), status: z.string() })).default([]),
  }),
})
const podsSchema = z.object({ items: z.array(podSchema) })

/** A pod of the release. */
export interface Pod {
  readonly name: string
  /** `gateway`, or the role of a service. */
  readonly component: string
  readonly address: string
  readonly isReady: boolean
}

/** How the cluster is reached. */
export interface ClusterOptions {
  readonly namespace: string
  /** The name of the Helm release. */
  readonly release: string
  /**
   * Words before each command of kubectl and helm: a program that runs it in the cluster's
   * network.
   */
  readonly prefix: readonly string[]
  readonly signal: AbortSignal
}

const pollMs = 500

/** Commands of kubectl and helm for one release in one namespace. */
export class Kubernetes {
  constructor(readonly options: ClusterOptions) {}

  /** Runs kubectl in the namespace. @returns its output @throws Error as `runCommandLine` */
  kubectl(args: readonly string[], options?: CommandOptions): Promise<string> {
    return this.run('kubectl', args, options)
  }

  /** Runs helm in the namespace. @returns its output @throws Error as `runCommandLine` */
  helm(args: readonly string[], options?: CommandOptions): Promise<string> {
    return this.run('helm', args, options)
  }

  /** The command line of kubectl with arguments. */
  commandLine(program: string, args: readonly string[]): readonly string[] {
    return [...this.options.prefix, program, '--namespace', this.options.namespace, ...args]
  }

  /** Returns the pods of the release that are not being deleted. */
  async pods(component?: string): Promise<readonly Pod[]> {
    const selector = `app.kubernetes.io/instance=${this.options.release},app.kubernetes.io/component`
    const text = await this.kubectl(['get', 'pods', '--selector', selector, '--output', 'json'])
    return podsSchema
      .parse(JSON.parse(text))
      .items.filter(({ metadata }) => metadata.deletionTimestamp === undefined)
      .map(({ metadata, status }) => ({
        name: metadata.name,
        component: metadata.labels['tandem/role'] ?? metadata.labels['app.kubernetes.io/component'] ?? '',
        address: status.podIP,
        isReady: status.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
      }))
      .filter((pod) => component === undefined || pod.component === component)
  }

  /**
   * Waits until a component has so many pods and all are ready.
   * @throws Error with the pods that were found if it takes too long
   */
  async waitForPods(component: string, count: number, limitMs = 300_000): Promise<void> {
    const end = performance.now() + limitMs
    for (;;) {
      const pods = await this.pods(component)
      if (pods.length === count && pods.every(({ isReady }) => isReady)) return
      if (performance.now() > end)
        throw new Error(`expected ${count} ready pods of ${component}, found ${JSON.stringify(pods)}`)
      await delay(pollMs, undefined, { signal: this.options.signal })
    }
  }

  /** Waits until all Deployments of the release have rolled out. */
  async waitForRollout(limitS = 600): Promise<void> {
    const names = await this.kubectl(['get', 'deployments', '--output', 'name', ...this.ofRelease])
    for (const name of names.trim().split('\n').filter(Boolean))
      await this.kubectl(['rollout', 'status', name, `--timeout=${limitS}s`], { limitMs: (limitS + 10) * 1000 })
  }

  /** Arguments that select the objects of the release. */
  get ofRelease(): readonly string[] {
    return ['--selector', `app.kubernetes.io/instance=${this.options.release}`]
  }

  private run(program: string, args: readonly string[], options?: CommandOptions): Promise<string> {
    return runCommandLine(this.commandLine(program, args), this.options.signal, options)
  }
}
