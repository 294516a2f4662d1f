import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DockerfileParser, type Instruction, PropertyInstruction } from 'dockerfile-ast'
import { repositoryFolder } from '../support/fixtures.js'

/** The folder of the Dockerfiles and of compose.yaml. */
export const dockerFolder = join(repositoryFolder, 'deploy/docker')

/** A stage of a Dockerfile. */
export class Stage {
  constructor(private readonly instructions: readonly Instruction[]) {}

  /** Returns the arguments of all instructions of one kind, without comments. */
  all(keyword: string): string[] {
    return this.instructions
      .filter((instruction) => instruction.getKeyword() === keyword)
      .map((instruction) => instruction.getArgumentsContent() ?? '')
  }

  /** Returns the variables of `ENV`, or the labels of `LABEL`. */
  properties(keyword: 'ENV' | 'LABEL'): Record<string, string> {
    const found = this.instructions.filter((instruction) => instruction.getKeyword() === keyword)
    return Object.fromEntries(
      found
        .flatMap((instruction) => (instruction instanceof PropertyInstruction ? instruction.getProperties() : []))
        .map((property) => [property.getName(), property.getValue() ?? '']),
    )
  }
}

/** Reads a Dockerfile of `deploy/docker`. */
export const readDockerfile = (name: string): string => readFileSync(join(dockerFolder, name), 'utf8')

/**
 * Returns the stages of a Dockerfile by their names. Arguments before the first are in stage "".
 */
export function readStages(content: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, Instruction[]>([['', []]])
  let current = stages.get('')
  for (const instruction of DockerfileParser.parse(content).getInstructions()) {
    if (instruction.getKeyword() === 'FROM') {
      const [, name = ''] = / AS (\S+)$/i.exec(instruction.getArgumentsContent() ?? '') ?? []
      current = []
      stages.set(name, current)
    }
    current?.push(instruction)
  }
  return new Map([...stages].map(([name, instructions]) => [name, new Stage(instructions)]))
}
