import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../fixtures/templates/render.py', import.meta.url))

/** Maximum time of one rendering. The first one includes the start of Python with transformers. */
const renderLimitMs = 60_000

/** What transformers makes of a template: its text, or the name of the error. */
export type Rendered = { readonly text: string } | { readonly error: string }

/** Finds a Python that has transformers; null if there is none. */
export function findTransformersPython(): string | null {
  const candidates = [process.env.TANDEM_TEST_PYTHON, 'python3', 'python'].filter((name) => name !== undefined)
  return candidates.find(hasTransformers) ?? null
}

function hasTransformers(python: string): boolean {
  try {
    execFileSync(
      python,
      ['-c', 'import jinja2; from transformers.utils.chat_template_utils import _cached_compile_jinja_template'],
      {
        stdio: 'ignore',
        timeout: 60_000,
      },
    )
    return true
  } catch {
    return false
  }
}

/** A process that renders templates with transformers, one at a time. `stop` ends it. */
export class Jinja2 {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>
  private readonly lines: Interface
  private readonly answers: AsyncIterator<string>

  constructor(python: string) {
    this.child = spawn(python, [script, 'serve'], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.lines = createInterface({ input: this.child.stdout })
    this.answers = this.lines[Symbol.asyncIterator]()
  }

  /**
   * Renders a template. A process that does not answer in time is killed.
   * @throws Error if it did not answer, or ended
   */
  async render(template: string, variables: object): Promise<Rendered> {
    this.child.stdin.write(`${JSON.stringify({ template, variables })}\n`)
    const { done, value } = await this.nextAnswer(template)
    if (done === true) throw new Error(`the program that renders with Jinja2 ended at the template ${template}`)
    return JSON.parse(value) as Rendered
  }

  stop(): void {
    this.lines.close()
    this.child.kill()
  }

  private async nextAnswer(template: string): Promise<IteratorResult<string>> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(resolve, renderLimitMs, null)
    })
    const answer = await Promise.race([this.answers.next(), late]).finally(() => clearTimeout(timer))
    if (answer !== null) return answer
    this.child.kill('SIGKILL')
    throw new Error(
      `the program that renders with Jinja2 did not answer within ${renderLimitMs / 1000} s at the template ${template}`,
    )
  }
}
