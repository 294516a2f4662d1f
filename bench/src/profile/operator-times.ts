import { z } from 'zod'

/**
 * The output of onnxruntime's profiler: times in microseconds on one clock. Shapes are [{"float":
 * [2, 576]}, ...].
 */
const eventSchema = z.object({
  cat: z.string(),
  name: z.string(),
  ts: z.number(),
  dur: z.number(),
  args: z.object({
    op_name: z.string().optional(),
    output_type_shape: z.array(z.record(z.string(), z.array(z.number()))).optional(),
  }),
})
const profileSchema = z.array(eventSchema)
type Event = z.output<typeof eventSchema>

/** The time of all operators of one kind in one run of the graph. */
export interface OperatorTime {
  readonly kind: string
  readonly count: number
  readonly ms: number
}

/** The operators of one run of the graph. */
export interface ProfiledRun {
  /** The time of the whole run, including the time between operators. */
  readonly ms: number
  /** Kinds of operators, slowest first. */
  readonly operators: readonly OperatorTime[]
}

/**
 * Returns the runs of a profile in their order.
 * @param rowSize products with rows of this length are the output layer
 * @throws Error if the text is not a profile
 */
export function readProfile(text: string, rowSize: number): ProfiledRun[] {
  const events = profileSchema.parse(JSON.parse(text))
  const nodes = events.filter(({ cat }) => cat === 'Node').toSorted((a, b) => a.ts - b.ts || b.dur - a.dur)
  const runs = events.filter(({ name }) => name === 'model_run').toSorted((a, b) => a.ts - b.ts)
  return runs.map((run) => ({ ms: run.dur / 1000, operators: sumByKind(nodes.filter(isWithin(run)), rowSize) }))
}

const isWithin =
  (outer: Event) =>
  ({ ts, dur }: Event): boolean =>
    ts >= outer.ts && ts + dur <= outer.ts + outer.dur

/** @param nodes sorted by their start; of equal starts the longer first */
function sumByKind(nodes: readonly Event[], rowSize: number): OperatorTime[] {
  const sums = new Map<string, { count: number; ms: number }>()
  for (const [i, node] of nodes.entries()) {
    const next = nodes[i + 1]
    // An operator with its own graph (If) counts as the operators of that graph.
    if (next && isWithin(node)(next)) continue
    const kind = kindOf(node, rowSize)
    const { count, ms } = sums.get(kind) ?? { count: 0, ms: 0 }
    sums.set(kind, { count: count + 1, ms: ms + node.dur / 1000 })
  }
  return [...sums].map(([kind, sum]) => ({ kind, ...sum })).toSorted((x, y) => y.ms - x.ms)
}

function kindOf({ name, args }: Event, rowSize: number): string {
  const operator = args.op_name ?? name
  const [shape] = Object.values(args.output_type_shape?.[0] ?? {})
  return shape?.at(-1) === rowSize && operator.startsWith('MatMul') ? `${operator}, output layer` : operator
}

/**
 * Returns the median per kind of operator over runs of the same shape. A missing kind counts as 0.
 */
export function medianRun(runs: readonly ProfiledRun[], median: (values: readonly number[]) => number): ProfiledRun {
  const kinds = new Set(runs.flatMap(({ operators }) => operators.map(({ kind }) => kind)))
  const of = (kind: string, field: 'count' | 'ms') =>
    median(runs.map(({ operators }) => operators.find((operator) => operator.kind === kind)?.[field] ?? 0))
  const operators = [...kinds].map((kind) => ({ kind, count: of(kind, 'count'), ms: of(kind, 'ms') }))
  return { ms: median(runs.map(({ ms }) => ms)), operators: operators.toSorted((a, b) => b.ms - a.ms) }
}
