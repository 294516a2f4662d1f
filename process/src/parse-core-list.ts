/** Parses a list of cores as Linux and `taskset` write it: "0-2,5" is 0, 1, 2, 5. */
export function parseCoreList(list: string): number[] {
  return list
    .trim()
    .split(',')
    .filter((range) => range !== '')
    .flatMap((range) => {
      const [first = Number.NaN, last = first] = range.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, i) => first + i)
    })
}
