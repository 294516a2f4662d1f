import { createChatTemplate } from '@tandem/gateway/template'
import { z } from 'zod'

const expectedSchema = z.object({
  conversations: z.array(
    z.object({ messages: z.array(z.looseObject({ role: z.string(), content: z.string() })), gen: z.boolean() }),
  ),
  named_tokens: z.record(z.string(), z.string()),
  expected: z.record(z.string(), z.array(z.string())),
})

type Expected = z.output<typeof expectedSchema>
type Conversation = Expected['conversations'][number]

/** A conversation that is rendered otherwise than by transformers. */
export interface Difference {
  readonly template: string
  readonly conversation: number
  readonly expected: string
  readonly rendered: string
}

/** What a comparison found. */
export interface Comparison {
  readonly rendered: number
  readonly differences: readonly Difference[]
  /** Templates for which nothing is expected. */
  readonly missing: readonly string[]
}

/**
 * Renders templates and compares with texts of transformers.
 * @param file the content of expected.json
 * @throws ZodError if it has another form
 */
export function compareFolder(file: unknown, templates: ReadonlyMap<string, string>): Comparison {
  const { conversations, named_tokens: tokens, expected } = expectedSchema.parse(file)
  const now = findDate(Object.values(expected).flat())
  const found = [...templates].flatMap(([template, source]) => {
    const render = createRenderer(source, tokens, now)
    return (expected[template] ?? []).map((text, conversation) => {
      const rendered = render(conversations[conversation] ?? { messages: [], gen: true })
      return { template, conversation, expected: text, rendered }
    })
  })
  return {
    rendered: found.length,
    differences: found.filter(({ expected: text, rendered }) => text !== rendered),
    missing: [...templates.keys()].filter((name) => expected[name] === undefined),
  }
}

function createRenderer(source: string, tokens: Readonly<Record<string, string>>, now: Date) {
  const refused = 'REFUSED'
  try {
    const render = createChatTemplate(source, tokens, { now: () => now })
    return ({ messages, gen }: Conversation): string => {
      try {
        return `OK${render(messages, { addGenerationPrompt: gen })}`
      } catch {
        return refused
      }
    }
  } catch {
    return () => refused
  }
}

/** Templates print the current date. The texts were made on the latest date that they name. */
function findDate(texts: readonly string[]): Date {
  const dates = texts.flatMap((text) => text.match(/(?<!\d)20\d\d-\d\d-\d\d(?!\d)/g) ?? [])
  const latest = dates.sort().at(-1)
  return latest === undefined ? new Date() : new Date(`${latest}T12:00:00`)
}
