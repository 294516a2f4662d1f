/** Files of prompts in the forms that other tools write. */
export * from './prompt.js'
export { openPromptFile, type PromptFile } from './prompt-file.js'
export { type Line, splitLines } from './split-lines.js'
