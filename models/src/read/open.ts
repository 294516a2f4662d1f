import { stat } from 'node:fs/promises'
import type { ModelSource } from '../source.js'
import { openGguf } from './gguf/open.js'
import { openHuggingFaceFolder } from './hugging-face.js'

export { openAdapter } from './peft/open.js'

/**
 * Opens a Hugging Face folder or a .gguf file. The caller closes its weights.
 * @throws Error with what was found, what was expected and what to do
 */
export async function openModelSource(path: string, signal?: AbortSignal): Promise<ModelSource> {
  const found = await stat(path).catch((cause: unknown) => {
    throw new Error(`there is nothing at ${path}. Expected a Hugging Face folder or a .gguf file`, { cause })
  })
  if (!found.isDirectory() && !found.isFile())
    throw new Error(`${path} is neither a file nor a folder. Expected a Hugging Face folder or a .gguf file`)
  return found.isDirectory() ? await openHuggingFaceFolder(path, signal) : await openGguf(path, signal)
}
