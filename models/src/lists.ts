/** The first element. @throws Error on an empty list. */
export function first<T>(list: readonly T[]): T {
  const [head] = list
  if (head === undefined) throw new Error('expected a list with at least one element, found an empty one')
  return head
}

/** Elements of two equally long lists side by side. @throws Error where the lengths differ. */
export function zip<A, B>(left: readonly A[], right: readonly B[]): [A, B][] {
  if (left.length !== right.length)
    throw new Error(`expected two lists of one length, found ${left.length} and ${right.length}`)
  return left.map((a, i) => [a, right[i] as B])
}
