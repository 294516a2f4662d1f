/** A part of the run. What is complete is not made again. */
export interface Step {
  /** Its name in the list of steps and in the name of its log. */
  readonly name: string
  /** A path in the folder of the run that exists only if the step is complete. */
  readonly output: string
  readonly work: Work
}

/** The work of a step: a command, or rows that are written here. */
export type Work = Command | { readonly rows: number }

/** A public command with its arguments. It runs in the folder of the run. */
export interface Command {
  readonly program: Program
  readonly args: readonly string[]
}

/** The two programs of Tandem. */
export type Program = 'tandem' | 'tandem-train'

/** Makes a step that runs a command. */
export const commandStep = (name: string, output: string, program: Program, ...args: readonly string[]): Step => ({
  name,
  output,
  work: { program, args },
})
