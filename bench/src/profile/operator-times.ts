import { z } from 'zod'

/** What onnxruntime's profiler writes: microseconds, on one clock. Shapes are [{"float": [2, 576]}, ...]. */
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

/** What operators of one kind take in one run of the graph. */
export interface OperatorTime {
  readonly kind: string
  readonly count: number
  readonly ms: number
}

export interface ProfiledRun {
  /** The whole run, with what is between operators. */
  readonly ms: number
  /** The dearest first. */
  readonly operators: readonly OperatorTime[]
}

/**
 * The runs of a profile, in their order.
 * @param rowSize products whose rows are so long are the output layer
 * @throws Error where the text is no profile
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

/** @param nodes by when they began, the longer first */
function sumByKind(nodes: readonly Event[], rowSize: number): OperatorTime[] {
  const sums = new Map<string, { count: number; ms: number }>()
  for (const [i, node] of nodes.entries()) {
    const next = nodes[i + 1]
    // An operator with a graph of its own (If) is that graph's operators, and nothing beside.
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

/** Per kind the median over runs of one kind; those that have fewer operators of a kind count as 0. */
export function medianRun(runs: readonly ProfiledRun[], median: (values: readonly number[]) => number): ProfiledRun {
  const kinds = new Set(runs.flatMap(({ operators }) => operators.map(({ kind }) => kind)))
  const of = (kind: string, field: 'count' | 'ms') =>
    median(runs.map(({ operators }) => operators.find((operator) => operator.kind === kind)?.[field] ?? 0))
  const operators = [...kinds].map((kind) => ({ kind, count: of(kind, 'count'), ms: of(kind, 'ms') }))
  return { ms: median(runs.map(({ ms }) => ms)), operators: operators.toSorted((a, b) => b.ms - a.ms) }
}
