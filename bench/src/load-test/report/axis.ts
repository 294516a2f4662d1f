/** Marks of an axis from 0 to its end, which is the last mark. */
export interface Axis {
  readonly end: number
  readonly marks: readonly number[]
}

const steps = [1, 2, 5, 10]
/** Maximum number of marks besides 0. */
const mostMarks = 6

/** Returns an axis with round marks that holds all values up to the largest. */
export function axisOf(largest: number): Axis {
  const most = largest > 0 ? largest : 1
  const least = most / mostMarks
  const power = 10 ** Math.floor(Math.log10(least))
  const step = power * (steps.find((factor) => factor * power >= least * 0.999_999) ?? 10)
  const count = Math.ceil(most / step - 1e-6)
  const marks = Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(6)))
  return { end: count * step, marks }
}
