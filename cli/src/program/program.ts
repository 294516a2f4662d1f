import { createRequire } from 'node:module'
import { Command } from 'commander'
import { type Actions, allActions, type Run } from './actions.js'
import { addBatchCommand } from './batch-command.js'
import { addEvaluateCommand } from './evaluate-command.js'
import { exitCodes } from './examples.js'
import { addModelCommands } from './model-commands.js'
import { addServingCommands } from './serving-commands.js'
import { addSynthesizeCommand } from './synthesize-command.js'

/**
 * Creates the command line: names, help and argument parsing. It knows nothing of what the commands
 * do.
 * @param run runs a command with its context and sets the exit code
 */
export function createProgram(run: Run, environment: NodeJS.ProcessEnv, actions: Actions = allActions): Command {
  const program = new Command('tandem')
    .description('Serves alignment-aware decoding: two models, one token at a time, over an OpenAI-compatible API.')
    .version(version)
    .showSuggestionAfterError()
    .showHelpAfterError('(tandem --help lists the commands)')
    .addHelpText('after', exitCodes)
  addServingCommands({ program, run, environment, actions })
  addBatchCommand({ program, run, environment, actions })
  addEvaluateCommand({ program, run, environment, actions })
  addSynthesizeCommand({ program, run, environment, actions })
  addModelCommands({ program, run, actions })
  addHelpCommand(program)
  return program
}

function addHelpCommand(program: Command): void {
  program
    .helpCommand(false)
    .command('help')
    .argument('[command]')
    .description('display help for a command')
    .action((name?: string) => {
      const named = program.commands.find((command) => command.name() === name)
      if (name !== undefined && !named) program.error(`error: unknown command '${name}'`)
      ;(named ?? program).outputHelp()
    })
}

/** The same path from src/ and from dist/. */
const { version } = createRequire(import.meta.url)('../../package.json') as { version: string }
