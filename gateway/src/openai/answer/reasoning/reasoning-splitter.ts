import type { ReasoningTags } from './find-reasoning-tags.js'

/** Where an answer is: before its reasoning, inside of it, or after it. */
export type ReasoningState = 'start' | 'reasoning' | 'content'

/** A part of an answer, or all of it. */
export interface SplitText {
  readonly reasoning: string
  readonly content: string
}

/**
 * Separates the reasoning of an answer from its content, part by part. Reasoning is between the
 * tags at the beginning of the text; white space around it is dropped. It holds back at most one
 * tag and white space.
 */
export class ReasoningSplitter {
  private held = ''
  /** Whether white space at the beginning of the current part is dropped. */
  private isTrimming = true

  /** @param state where the answer begins */
  constructor(
    private readonly tags: ReasoningTags,
    private state: ReasoningState,
  ) {}

  /** Adds text. @param isLast whether the answer ends here */
  push(text: string, isLast: boolean): SplitText {
    this.held += text
    if (this.state === 'start') this.begin(isLast)
    const reasoning = this.state === 'reasoning' ? this.takeReasoning(isLast) : ''
    const content = this.state === 'content' ? this.take(this.held.length) : ''
    return { reasoning, content }
  }

  private begin(isLast: boolean): void {
    const { open } = this.tags
    const start = this.held.trimStart()
    if (start.startsWith(open)) {
      this.held = start.slice(open.length)
      this.state = 'reasoning'
    } else if (isLast || !open.startsWith(start)) {
      this.isTrimming = false
      this.state = 'content'
    }
  }

  private takeReasoning(isLast: boolean): string {
    const { close } = this.tags
    const end = this.held.indexOf(close)
    if (end < 0) {
      const sure = isLast ? this.held.length : this.held.length - beginningLength(this.held, close)
      return this.take(this.held.slice(0, sure).trimEnd().length)
    }
    const reasoning = this.take(end).trimEnd()
    this.held = this.held.slice(close.length)
    this.isTrimming = true
    this.state = 'content'
    return reasoning
  }

  private take(length: number): string {
    const whole = this.held.slice(0, length)
    this.held = this.held.slice(length)
    const text = this.isTrimming ? whole.trimStart() : whole
    if (text !== '') this.isTrimming = false
    return text
  }
}

/** Returns the length of the longest end of a text with which a tag begins. */
function beginningLength(text: string, tag: string): number {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--)
    if (text.endsWith(tag.slice(0, length))) return length
  return 0
}
