/** What stands below the options in a command's help. */

export const upExamples = `
A source of --model or --reward is one of those of --sft, or a LoRA adapter that goes on the --sft.
The command line wins over the file, the file over the environment (docs/configuration.md has every key).

Examples:
  tandem up
  tandem up --sft path/to/sft --dpo path/to/lora-adapter --model amateur=path/to/small-model
  tandem up --sft grpc://10.0.0.2:7001 --dpo grpc://10.0.0.3:7002 --reward picker=path/to/reward-model
  tandem up --config tandem.yaml --port 0`

export const configExamples = `
Examples:
  tandem config
  tandem config --config tandem.yaml --port 0 --json`

export const generateExamples = `
Examples:
  tandem generate "How do I stay calm in traffic?" --strategy aad
  tandem generate "Name three rivers." --url http://127.0.0.1:8080 --strategy greedy-sft --max-tokens 64`

export const buildExamples = `
Examples:
  tandem build path/to/sft --out models/sft --precision int8
  tandem build model.gguf --adapter path/to/lora --merge --out models/dpo`

export const pullExamples = `
Examples:
  tandem pull
  tandem pull smollm2-135m-hh`

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

export const chatExamples = `
In the chat, /help lists the commands: /strategy NAME, /compare A B, /reset, /exit. Ctrl-C stops an answer; twice, it ends the chat.
Where the input is no terminal, each line is a message or a command, answers alone are written, and the first error ends it with exit code 1.

Examples:
  tandem chat
  tandem chat --url http://127.0.0.1:8080 --strategy "aad alpha=0.2" --system "Answer in one sentence."
  printf '%s\\n' '/compare aad greedy-dpo' 'Name three rivers.' | tandem chat`
