import type { Work } from '../work.js'

/** Ids that are copied between two yields. */
const idsPerStep = 131_072

/** Appends ids. */
export function* appendIds(target: number[], ids: readonly number[]): Work<void> {
  for (let index = 0; index < ids.length; index++) {
    target.push(ids[index] as number)
    if (index % idsPerStep === idsPerStep - 1) yield
  }
}
