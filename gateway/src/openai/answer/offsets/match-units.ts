/** Number of matching units after which a search ends and the next one starts. */
const enough = 16
/** Maximum differences in one search, so that the time is linear, even for unrelated texts. */
const maxDifferences = 64

/** A place in both lists, and how many units agree before it. */
interface Place {
  readonly i: number
  readonly j: number
  readonly agreeing: number
}

/**
 * Matches two lists of units that agree except for a few places, in order: a search for the
 * shortest edit (Myers, An O(ND) difference algorithm, 1986) that starts again at each place where
 * the lists agree for long.
 * @returns for each unit of `first` the index of its partner in `second`, or -1
 */
export function matchUnits(first: readonly string[], second: readonly string[]): Int32Array {
  const partners = new Int32Array(first.length).fill(-1)
  for (let i = 0, j = 0; i < first.length && j < second.length; ) {
    if (first[i] === second[j]) partners[i++] = j++
    else [i, j] = new Search(first, second, i, j).run(partners)
  }
  return partners
}

/** One search, which starts where two lists differ. */
class Search {
  /** For each number of differences, the furthest index in `first` by diagonal. */
  private readonly furthest: Map<number, number>[] = []

  constructor(
    private readonly first: readonly string[],
    private readonly second: readonly string[],
    private readonly startI: number,
    private readonly startJ: number,
  ) {}

  /** Notes the partners that were found. @returns the place at which the search ended */
  run(partners: Int32Array): [number, number] {
    let last: Place = { i: this.startI, j: this.startJ, agreeing: 0 }
    for (let differences = 0; differences <= maxDifferences; differences++) {
      const places = this.extend(differences)
      last = places.reduce(further, last)
      const end = places.find(({ i, j, agreeing }) => agreeing >= enough || this.isEnd(i, j))
      if (end === undefined) continue
      last = end
      break
    }
    this.note(last, partners)
    return [last.i, last.j]
  }

  private isEnd(i: number, j: number): boolean {
    return i === this.first.length && j === this.second.length
  }

  /** Returns the furthest places that can be reached with a number of differences. */
  private extend(differences: number): Place[] {
    const row = new Map<number, number>()
    this.furthest.push(row)
    const places: Place[] = []
    for (let diagonal = -differences; diagonal <= differences; diagonal += 2) {
      const start = differences === 0 ? this.startI : this.startOf(differences, diagonal)
      const place = this.follow(start, start - this.startI + this.startJ - diagonal)
      if (place === null) continue
      row.set(diagonal, place.i)
      places.push(place)
    }
    return places
  }

  /** Where a diagonal begins, one difference after its neighbours; -1 outside of both lists. */
  private startOf(differences: number, diagonal: number): number {
    const before = this.furthest[differences - 1]
    return Math.max(before?.get(diagonal + 1) ?? -1, (before?.get(diagonal - 1) ?? -2) + 1)
  }

  private follow(startI: number, startJ: number): Place | null {
    let [i, j] = [startI, startJ]
    if (i < 0 || j < 0 || i > this.first.length || j > this.second.length) return null
    while (i < this.first.length && j < this.second.length && this.first[i] === this.second[j]) {
      i++
      j++
    }
    return { i, j, agreeing: i - startI }
  }

  private note({ i, j }: Place, partners: Int32Array): void {
    const diagonal = i - this.startI - (j - this.startJ)
    for (let differences = this.furthest.length - 1, at = i, k = diagonal; differences >= 0; differences--) {
      if (this.furthest[differences]?.get(k) !== at && differences > 0) continue
      const start = differences === 0 ? this.startI : this.startOf(differences, k)
      for (let unit = start; unit < at; unit++) partners[unit] = unit - this.startI + this.startJ - k
      const isSkipInSecond = this.furthest[differences - 1]?.get(k + 1) === start
      at = isSkipInSecond ? start : start - 1
      k += isSkipInSecond ? 1 : -1
    }
  }
}

/**
 * Returns the further of two places. If they are equal, returns the one that skips more of the
 * second list.
 */
const further = (a: Place, b: Place): Place => (b.i + b.j > a.i + a.j || (b.i + b.j === a.i + a.j && b.j > a.j) ? b : a)
