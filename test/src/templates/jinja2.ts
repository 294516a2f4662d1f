import { type ChildProcessByStdio, execFileSync, spawn } from 'node:child_process'
import { createInterface, type Interface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'

const script = fileURLToPath(new URL('../../fixtures/templates/render.py', import.meta.url))

/** What transformers makes of a template: its text, or the name of the error. */
export type Rendered = { readonly text: string } | { readonly error: string }

/** Finds a Python that has transformers; null if there is none. */
export function findPython(): string | null {
  const candidates = [process.env.TANDEM_TEST_PYTHON, 'python3', 'python'].filter((name) => name !== undefined)
  return candidates.find(hasTransformers) ?? null
}

function hasTransformers(python: string): boolean {
  try {
    execFileSync(python, ['-c', 'import jinja2, transformers.utils.chat_template_utils'], {
      stdio: 'ignore',
      timeout: 60_000,
    })
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

  /** Renders a template. @throws Error if the process ended */
  async render(template: string, variables: object): Promise<Rendered> {
    this.child.stdin.write(`${JSON.stringify({ template, variables })}\n`)
    const { done, value } = await this.answers.next()
    if (done === true) throw new Error(`the program that renders with Jinja2 ended at the template ${template}`)
    return JSON.parse(value) as Rendered
  }

  stop(): void {
    this.lines.close()
    this.child.kill()
  }
}
