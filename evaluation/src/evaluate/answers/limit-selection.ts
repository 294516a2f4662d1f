import type { Selection } from '../../answers/select-prompts.js'
import type { Prompt } from '../../prompts/index.js'

/** Limits a selection to its first prompts. */
export function limitSelection(selection: Selection, limit: number | null): Selection {
  const count = Math.min(selection.count, limit ?? selection.count)
  const indexAt = (position: number) => (position < count ? selection.indexAt(position) : undefined)
  async function* read(start = 0): AsyncGenerator<Prompt> {
    let at = start
    if (at >= count) return
    for await (const prompt of selection.read(start)) {
      yield prompt
      if (++at >= count) return
    }
  }
  return { ...selection, count, indexAt, read }
}
