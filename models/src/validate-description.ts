import { parseModelConfig } from './config.js'
import { withEndTokens } from './folder/end-tokens.js'
import type { TextValidator } from './folder/model-folder.js'
import { folderTextFiles } from './folder/text-files.js'
import type { BinaryFile } from './read/binary-file.js'
import { readCheckpointTexts } from './read/checkpoint-texts.js'
import { describeGguf } from './read/gguf/open.js'
import { parseExportTexts } from './read/onnx/export-config.js'
import { readExportTexts } from './read/onnx/open-export.js'
import { readLoraConfig } from './read/peft/open.js'
import type { ModelSource } from './source.js'

/**
 * Checks of a model before its weights are downloaded. Each of them throws the error that
 * `buildModel` would throw.
 */

/**
 * Validates the text files of a checkpoint.
 * @param folder its folder, which may lack the weights
 */
export const validateCheckpointTexts = async (folder: string, validateText: TextValidator): Promise<void> =>
  validateTexts(await readCheckpointTexts(folder), validateText)

/** Validates a GGUF file. Reads little more than its header. */
export const validateGgufHeader = async (file: BinaryFile, validateText: TextValidator): Promise<void> =>
  validateTexts(await describeGguf(file), validateText)

/**
 * Validates the text files of an exported graph.
 * @param graph the path of the graph, which may be missing
 */
export async function validateExportTexts(graph: string, validateText: TextValidator): Promise<void> {
  const source = await readExportTexts(graph)
  const files = folderTextFiles(source)
  const model = parseExportTexts(source.config, source.generationConfig, graph)
  validateText(files, withEndTokens(model, files))
}

/** Validates the config of a PEFT adapter. @param folder its folder, which may lack the weights */
export async function validateAdapterConfig(folder: string): Promise<void> {
  await readLoraConfig(folder)
}

function validateTexts(
  source: Pick<ModelSource, 'config' | 'generationConfig' | 'textFiles'>,
  validateText: TextValidator,
): void {
  const config = parseModelConfig(source.config, source.generationConfig)
  const files = folderTextFiles(source)
  validateText(files, withEndTokens(config, files))
}
