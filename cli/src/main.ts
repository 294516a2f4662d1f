import { createProgram } from './program.js'
import { runCommand } from './run-command.js'

await createProgram(runCommand, process.env).parseAsync()
