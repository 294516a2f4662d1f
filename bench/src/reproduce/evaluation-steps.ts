import { commandStep, type Step } from './step.js'

/** Options of each command of `tandem` that starts models. One thread is enough for tiny models. */
export const servingOptions = ['--precision', 'fp32', '--threads', '1', '--max-tokens', '32', '--seed', '1']

/** The prompts that nothing was trained on, with their pairs. */
const heldOut = 'parts/evaluation.jsonl'
const judges = ['--reward', 'oracle=oracle', '--oracle', 'oracle', '--reward', 'picker=picker', '--picker', 'picker']

/** The paper's methods on the first DPO model, an alpha sweep, and the curves of best-of-N. */
export const comparisonStep: Step = evaluate(
  'methods',
  'dpo',
  ...['--model', 'amateur=amateur'],
  ...['--strategies', 'aad,greedy-sft,greedy-dpo,best-of-n n=2,eft,contrastive amateur=amateur,aad-beam'],
  ...['--sweep', 'aad alpha=0.02,0.05,0.1,0.2,0.5', '--samples', '8', '--held-out', heldOut],
)

/** The methods of the paper's Figure 6 on the DPO model of a round, compared with the first one. */
export const roundComparisonStep = (round: string): Step =>
  evaluate(
    `methods-${round}`,
    `rounds/${round}`,
    ...['--strategies', 'aad,greedy-dpo,best-of-n n=2', '--compare', comparisonStep.name],
  )

/** An evaluation. The page of a report is its last file, and the comparison is the last report. */
function evaluate(out: string, dpo: string, ...args: readonly string[]): Step {
  // One name for all pairs: a comparison of two names would show both in each row.
  const models = ['--name', 'tiny', '--sft', 'sft', '--dpo', dpo, ...judges, ...servingOptions]
  const output = args.includes('--compare') ? `${out}/comparison/report.html` : `${out}/report.html`
  return commandStep(out, output, 'tandem', 'evaluate', heldOut, '--out', out, ...models, ...args)
}
