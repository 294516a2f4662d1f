import { createProgram } from './program/program.js'
import { runCommand } from './program/run-command.js'

await createProgram(runCommand, process.env).parseAsync()
