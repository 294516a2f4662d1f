/**
 * Many prompts at once: files of prompts, batches of requests to a gateway that survive a kill,
 * and what is made of the answers.
 *
 * `tandem batch` is `openPromptFile` and `runBatch`. Other commands make jobs of their own and give
 * them to `runJobs`, which asks many at once, retries, writes the rows in order and continues a
 * file that an earlier run began. `openManifest` pins what the rows depend on. `runRecorded` is
 * `runJobs`, and adds to the manifest what each process has done.
 *
 * `tandem synthesize` is `openPromptFile` and `runSynthesis`.
 *
 * `tandem evaluate` is `openPromptFile` and `runEvaluation`, and `makeReport` of its results.
 */
export * from './batch/index.js'
export * from './evaluate/index.js'
export * from './prompts/index.js'
export * from './report/index.js'
export * from './statistics/index.js'
export * from './synthesis/index.js'
