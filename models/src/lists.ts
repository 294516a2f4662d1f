/** Returns the first element. @throws Error if the list is empty */
export function first<T>(list: readonly T[]): T {
  const [head] = list
  if (head === undefined) throw new Error('expected a list with at least one element, found an empty one')
  return head
}
