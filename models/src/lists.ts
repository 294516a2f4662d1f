/** The first element. @throws Error on an empty list. */
export function first<T>(list: readonly T[]): T {
  const [head] = list
  if (head === undefined) throw new Error('expected a list with at least one element, found an empty one')
  return head
}
