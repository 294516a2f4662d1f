import { commandStep, type Step } from './step.js'

/** The file of preference pairs. */
export const pairs = 'data/pairs.jsonl'

/**
 * The options of all trainings with DPO. The adapter and beta are those of the paper. The learning
 * rate is larger and the batch smaller, because model and data are tiny.
 */
export const dpoOptions = [
  ...['--learning-rate', '3e-4', '--batch-size', '16', '--micro-batch', '16', '--max-length', '128'],
]

const batch = ['--batch-size', '32', '--micro-batch', '32', '--max-length', '128']
const sft = ['--data', 'data/demonstrations.jsonl', '--part', 'oracle', '--learning-rate', '3e-3', ...batch]
const reward = ['--model', 'sft', '--data', pairs, '--learning-rate', '1e-3', ...batch]

/**
 * The models, each by one command.
 * @param start a Hugging Face folder with untrained weights
 */
export const trainingSteps = (start: string): Step[] => [
  commandStep('parts', 'parts', 'tandem-train', 'split', '--data', pairs, '--out', 'parts'),
  train('sft', 'sft', '--model', start, ...sft, '--epochs', '5'),
  // The amateur of contrastive decoding is a weaker model: the same training, ended early.
  train('amateur', 'sft', '--model', start, ...sft, '--max-steps', '50'),
  train('dpo', 'dpo', '--model', 'sft', '--data', pairs, '--part', 'picker', ...dpoOptions),
  train('picker', 'reward', ...reward, '--part', 'picker', '--epochs', '4'),
  train('oracle', 'reward', ...reward, '--part', 'oracle', '--epochs', '2'),
]

/** A training. Its folder appears when it is complete. */
const train = (out: string, command: string, ...args: readonly string[]): Step =>
  commandStep(out, out, 'tandem-train', command, ...args, '--out', out)
