import type { TextValidator } from './build/model-folder.js'
import { folderTextFiles } from './build/text-files.js'
import { parseModelConfig } from './config.js'
import type { BinaryFile } from './read/binary-file.js'
import { readCheckpointTexts } from './read/checkpoint-texts.js'
import { describeGguf } from './read/gguf/open.js'
import { parseExportTexts } from './read/onnx/export-config.js'
import { readExportTexts } from './read/onnx/open-export.js'
import { readLoraConfig } from './read/peft/open.js'
import type { ModelSource } from './read/source.js'

/** What can be told of a model without its weights, for who has yet to download them. Each throws as `buildModel` would. */

/** @param folder a checkpoint's, whose weights may be missing */
export const validateCheckpointTexts = async (folder: string, validateText: TextValidator): Promise<void> =>
  validateTexts(await readCheckpointTexts(folder), validateText)

/** @param file a GGUF file, of which little more than its header is read */
export const validateGgufHeader = async (file: BinaryFile, validateText: TextValidator): Promise<void> =>
  validateTexts(await describeGguf(file), validateText)

/** @param graph the path of an exported graph, which may be missing itself */
export async function validateExportTexts(graph: string, validateText: TextValidator): Promise<void> {
  const source = await readExportTexts(graph)
  validateText(folderTextFiles(source), parseExportTexts(source.config, source.generationConfig, graph))
}

/** @param folder a PEFT adapter's, whose weights may be missing */
export async function validateAdapterConfig(folder: string): Promise<void> {
  await readLoraConfig(folder)
}

function validateTexts(
  source: Pick<ModelSource, 'config' | 'generationConfig' | 'textFiles'>,
  validateText: TextValidator,
): void {
  const config = parseModelConfig(source.config, source.generationConfig)
  validateText(folderTextFiles(source), config)
}
