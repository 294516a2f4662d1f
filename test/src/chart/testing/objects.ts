/** The parts of Kubernetes objects that the tests read. */

/** Labels, or a selector of them. */
export type Labels = Readonly<Record<string, string>>

/** A variable of a container. */
export interface EnvironmentVariable {
  readonly name: string
  readonly value?: string
  readonly valueFrom?: Readonly<Record<string, unknown>>
}

/** A probe of a container. */
export interface Probe {
  readonly httpGet?: { readonly path: string; readonly port: string }
  readonly grpc?: { readonly port: number; readonly service: string }
  readonly periodSeconds: number
  readonly failureThreshold: number
}

/** A container of a pod. */
export interface Container {
  readonly name: string
  readonly args?: readonly string[]
  readonly command?: readonly string[]
  readonly env?: readonly EnvironmentVariable[]
  readonly envFrom?: readonly { readonly configMapRef: { readonly name: string } }[]
  readonly ports?: readonly { readonly name: string; readonly containerPort: number }[]
  readonly resources?: { readonly limits?: Readonly<Record<string, unknown>> }
  readonly securityContext?: Readonly<Record<string, unknown>>
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly readOnly?: boolean }[]
  readonly startupProbe?: Probe
  readonly livenessProbe?: Probe
  readonly readinessProbe?: Probe
}

/** The specification of a pod. */
export interface PodSpec {
  readonly securityContext?: Readonly<Record<string, unknown>>
  readonly automountServiceAccountToken?: boolean
  readonly terminationGracePeriodSeconds: number
  readonly initContainers?: readonly Container[]
  readonly containers: readonly Container[]
  readonly volumes?: readonly {
    readonly name: string
    readonly secret?: { readonly secretName: string }
    readonly persistentVolumeClaim?: { readonly claimName: string }
  }[]
  readonly runtimeClassName?: string
}

/** What selects pods in a NetworkPolicy. */
export interface Peer {
  readonly podSelector?: { readonly matchLabels: Labels }
  readonly namespaceSelector?: { readonly matchLabels: Labels }
}

/** A rule of a NetworkPolicy. */
export interface PolicyRule {
  readonly ports?: readonly { readonly port: string | number }[]
  readonly from?: readonly Peer[]
  readonly to?: readonly Peer[]
}

/** An object of the chart. Its `spec` has the fields of its kind. */
export interface KubernetesObject {
  readonly kind: string
  readonly metadata: { readonly name: string; readonly labels: Labels; readonly annotations?: Labels }
  readonly data?: Readonly<Record<string, string>>
  readonly spec: {
    readonly replicas?: number
    readonly strategy?: { readonly rollingUpdate: Readonly<Record<string, number>> }
    readonly template?: { readonly metadata: { readonly labels: Labels }; readonly spec: PodSpec }
    readonly selector?: Labels & { readonly matchLabels?: Labels }
    readonly clusterIP?: string
    readonly ports?: readonly { readonly name: string; readonly targetPort: string }[]
    readonly maxUnavailable?: number
    readonly podSelector?: { readonly matchLabels: Labels }
    readonly policyTypes?: readonly string[]
    readonly ingress?: readonly PolicyRule[]
    readonly egress?: readonly PolicyRule[]
    readonly scaleTargetRef?: { readonly name: string }
    readonly minReplicaCount?: number
    readonly triggers?: readonly { readonly metadata: Labels }[]
    readonly metrics?: unknown
    readonly [field: string]: unknown
  }
}

/** Returns the objects of a kind. */
export const ofKind = (objects: readonly KubernetesObject[], kind: string) =>
  objects.filter((object) => object.kind === kind)

/** Returns the one object of a kind and a name. @throws Error if there is none */
export function find(objects: readonly KubernetesObject[], kind: string, name: string): KubernetesObject {
  const names = ofKind(objects, kind).map((object) => object.metadata.name)
  const found = ofKind(objects, kind).find((object) => object.metadata.name === name)
  if (!found) throw new Error(`there is no ${kind} ${name}: found ${names.join(', ')}`)
  return found
}

/** Whether labels have all those of a selector. */
export const matches = (selector: Labels, labels: Labels) =>
  Object.entries(selector).every(([key, value]) => labels[key] === value)

/** A pod that the chart makes, by the object that makes it. */
export interface MadePod {
  readonly name: string
  readonly labels: Labels
  readonly spec: PodSpec
  /** The container that serves, or that tests. */
  readonly main: Container
}

/** Returns the pods of all Deployments and Jobs, and of tests. */
export function podsOf(objects: readonly KubernetesObject[]): readonly MadePod[] {
  return objects.flatMap((object) => {
    if (!['Deployment', 'Job', 'Pod'].includes(object.kind)) return []
    const { metadata, spec } = object.spec.template ?? { ...object, spec: object.spec as unknown as PodSpec }
    const [main] = spec.containers
    if (!main) throw new Error(`${object.metadata.name} has no container`)
    return [{ name: object.metadata.name, labels: metadata.labels, spec, main }]
  })
}

/** Returns the pods of a component. */
export const podsOfComponent = (
  objects: readonly KubernetesObject[],
  component: 'gateway' | 'service' | 'test' | 'batch',
) => podsOf(objects).filter(({ labels }) => labels['app.kubernetes.io/component'] === component)
