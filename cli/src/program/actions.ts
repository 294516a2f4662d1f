import type { Command } from 'commander'
import { build } from '../commands/build.js'
import { chat } from '../commands/chat.js'
import { config } from '../commands/config.js'
import { doctor } from '../commands/doctor.js'
import { generate } from '../commands/generate.js'
import { models } from '../commands/models.js'
import { pull } from '../commands/pull.js'
import { trace } from '../commands/trace.js'
import { tune } from '../commands/tune.js'
import { up } from '../commands/up.js'
import type { Context } from '../context.js'

/** The functions of the commands. A test replaces them. */
export interface Actions {
  readonly up: typeof up
  readonly config: typeof config
  readonly generate: typeof generate
  readonly chat: typeof chat
  readonly build: typeof build
  readonly pull: typeof pull
  readonly models: typeof models
  readonly doctor: typeof doctor
  readonly tune: typeof tune
  readonly trace: typeof trace
}

/** The commands of this package. */
export const allActions: Actions = { up, config, generate, chat, build, pull, models, doctor, tune, trace }

/** Runs a command with its context, and sets the exit code. */
export type Run = (work: (context: Context) => Promise<void>, isVerbose: boolean) => Promise<void>

/** What the definitions of the commands need. */
export interface Definition {
  readonly program: Command
  readonly run: Run
  readonly environment: NodeJS.ProcessEnv
  readonly actions: Actions
}

/** The flags of every command. */
export interface CommonFlags {
  readonly verbose: boolean
}
