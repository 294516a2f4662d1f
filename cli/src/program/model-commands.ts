import { defaultPairName } from '@tandem/models/catalog'
import type { BuildCommandOptions } from '../commands/build.js'
import type { DoctorOptions } from '../commands/doctor.js'
import type { ModelsOptions } from '../commands/models.js'
import type { PullOptions } from '../commands/pull.js'
import type { CommonFlags, Definition } from './actions.js'
import { buildExamples, doctorExamples, modelsExamples, pullExamples } from './examples.js'
import { adapterScaleOption, addConfigOption, addListenOptions, addVerbose, precisionOption } from './options.js'

/** Adds the commands for models and the machine: build, pull, models, doctor. */
export function addModelCommands({ program, run, actions }: Omit<Definition, 'environment'>): void {
  addVerbose(program.command('build'))
    .description(
      'turn a Hugging Face folder, a GGUF file, an exported ONNX graph or a model of the hub into a model folder',
    )
    .argument('<source>')
    .option('--adapter <folder>', 'a PEFT LoRA adapter for the source, or hf:ORG/REPO of one')
    .addOption(adapterScaleOption('a factor that multiplies the scale in the config of --adapter (default: 1)'))
    .option('--merge', 'add the adapter into the weights (default: it is computed separately)')
    .option(
      '--switched',
      'keep both models in one folder, so that the adapter can be switched off per token (for paired serving)',
    )
    .requiredOption('--out <folder>', 'the model folder to create')
    .addOption(precisionOption())
    .option('--name <name>', 'the name of the model')
    .addHelpText('after', buildExamples)
    .action((source: string, options: BuildCommandOptions & CommonFlags) =>
      run((context) => actions.build(source, options, context), options.verbose),
    )

  addVerbose(program.command('pull'))
    .description('download the weights of a pair of the catalog, or a model of the Hugging Face hub, into the cache')
    .argument('[name]', 'the pair, or hf:ORG/REPO', defaultPairName)
    .option('--json', 'print {"path", "name"} as JSON')
    .addHelpText('after', pullExamples)
    .action((name: string, { verbose, ...options }: PullOptions & CommonFlags) =>
      run((context) => actions.pull(name, options, context), verbose),
    )

  addVerbose(program.command('models'))
    .description('list the pairs of the catalog and the content of the cache, and what may be deleted')
    .option('--json', 'print JSON')
    .addHelpText('after', modelsExamples)
    .action(({ verbose, ...options }: ModelsOptions & CommonFlags) =>
      run((context) => actions.models(options, context), verbose),
    )

  addListenOptions(addConfigOption(addVerbose(program.command('doctor'))))
    .description('check whether Tandem can run here, and say what to do if it cannot')
    .option('--hashes', 'check the hashes of all models in the cache')
    .option('--json', 'print JSON')
    .addHelpText('after', doctorExamples)
    .action(({ verbose, ...options }: DoctorOptions & CommonFlags) =>
      run((context) => actions.doctor(options, context), verbose),
    )
}
