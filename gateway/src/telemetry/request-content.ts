import type { Attributes } from '@opentelemetry/api'
import { attributeNames as names } from '@tandem/telemetry'

/** Maximum length of a text in an attribute. */
const maxLength = 65_536

/** The texts of a request for its span. Empty unless `telemetry.content` is set. */
export class RequestContent {
  /** The text of each answer, by its index over all prompts. */
  private readonly texts = new Map<number, string>()
  private length = 0

  constructor(private readonly isEnabled: boolean) {}

  /** Builds the attribute of the prompt. */
  ofBody(body: Readonly<Record<string, unknown>>): Attributes {
    if (!this.isEnabled) return {}
    return { [names.inputMessages]: JSON.stringify(body.messages ?? body.prompt).slice(0, maxLength) }
  }

  /** Adds a part of an answer. */
  addText(answer: number, text: string): void {
    if (!this.isEnabled || this.length >= maxLength) return
    this.length += text.length
    this.texts.set(answer, (this.texts.get(answer) ?? '') + text)
  }

  /** Builds the attribute of the answers. */
  ofAnswers(): Attributes {
    if (!this.isEnabled) return {}
    const messages = [...this.texts.values()].map((content) => ({ role: 'assistant', content }))
    return { [names.outputMessages]: JSON.stringify(messages).slice(0, maxLength) }
  }
}
