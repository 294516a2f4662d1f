/** What stands below the options in a command's help. */

export const upExamples = `
A source of --model or --reward is one of those of --sft, or a LoRA adapter that goes on the --sft. Without --sft, a --dpo that is an
adapter brings the base that it names.
The command line wins over the file, the file over the environment (docs/configuration.md has every key).

Examples:
  tandem up
  tandem up --sft hf:ORG/SFT --dpo hf:ORG/DPO@v1.0
  tandem up --dpo hf:ORG/LORA
  tandem up --sft path/to/sft --dpo path/to/lora-adapter --model amateur=path/to/small-model
  tandem up --sft grpc://10.0.0.2:7001 --dpo grpc://10.0.0.3:7002 --reward picker=path/to/reward-model
  tandem up --config tandem.yaml --port 0`

export const configExamples = `
Examples:
  tandem config
  tandem config --config tandem.yaml --port 0 --json`

/** Of commands that start a gateway for their own time. */
const sameSettings = `
Without --url, models are those of "tandem up": the command line wins over the file (./tandem.yaml or --config FILE), the file over the
environment (docs/configuration.md has every key).
`

export const generateExamples = `${sameSettings}
Examples:
  tandem generate "How do I stay calm in traffic?" --strategy aad
  tandem generate "How do I stay calm in traffic?" --config tandem.yaml
  tandem generate "Name three rivers." --url http://127.0.0.1:8080 --strategy greedy-sft --max-tokens 64`

export const buildExamples = `
Examples:
  tandem build path/to/sft --out models/sft --precision int8
  tandem build model.gguf --adapter path/to/lora --merge --out models/dpo
  tandem build hf:ORG/REPO --precision int8 --out models/sft`

export const pullExamples = `
hf:ORG/REPO[/PATH][@REVISION] is a model of the Hugging Face hub (PATH: a folder in it, a .gguf or an .onnx file). Only what is read is downloaded,
and an interrupted pull goes on where it ended. HF_ENDPOINT and HF_TOKEN count as for Hugging Face's own tools.

Examples:
  tandem pull
  tandem pull smollm2-135m-adherence
  tandem pull hf:HuggingFaceTB/SmolLM2-135M-Instruct
  tandem pull hf:ORG/REPO/model-Q4_1.gguf@main
  tandem pull hf:onnx-community/REPO/onnx/model_q4.onnx
  HF_TOKEN=hf_... tandem pull hf:ORG/GATED@refs/pr/1`

export const modelsExamples = `
Examples:
  tandem models
  tandem models --json | jq -r '.cache.models[] | select(.mayBeDeleted) | .path'`

export const doctorExamples = `
Each line is ok, warn or fail, with what to do below it. The exit code is 1 where something fails.

Examples:
  tandem doctor
  tandem doctor --config tandem.yaml --hashes
  tandem doctor --json | jq '.[] | select(.status != "ok")'`

export const tuneExamples = `
Only a pair whose --dpo is a LoRA adapter on its --sft can run in one process. The measurement starts both forms, which takes about
15 seconds after the models are built. Without a settings file, the embedded pair is measured and the file is created.

Examples:
  tandem tune
  tandem tune --config my.yaml`

export const chatExamples = `${sameSettings}
In the chat, /help lists the commands: /strategy NAME, /compare A B, /reset, /exit. Ctrl-C stops an answer; twice, it ends the chat.
Where the input is no terminal, each line is a message or a command, answers alone are written, and the first error ends it with exit code 1.

Examples:
  tandem chat
  tandem chat --url http://127.0.0.1:8080 --strategy "aad alpha=0.2" --system "Answer in one sentence."
  printf '%s\\n' '/compare aad greedy-dpo' 'Name three rivers.' | tandem chat`

/** Below the list of commands. */
export const exitCodes = `
Exit codes: 0 done, 1 an error (told on stderr), 130 interrupted by Ctrl-C or another signal.`
