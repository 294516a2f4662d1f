/** The texts below the options in each command's help. */

export const upExamples = `
--model and --reward accept the same sources as --sft, or a LoRA adapter for the --sft model.
If --dpo is a LoRA adapter and --sft is missing, the SFT model is the base that the adapter names.
The command line wins over the file, and the file over the environment
(docs/configuration.md lists every key).

Examples:
  tandem up
  tandem up --sft hf:ORG/SFT --dpo hf:ORG/DPO@v1.0
  tandem up --dpo hf:ORG/LORA
  tandem up --dpo path/to/lora-adapter --adapter-scale 0.4
  tandem up --sft path/to/sft --dpo path/to/lora-adapter --model amateur=path/to/small-model
  tandem up --sft grpc://10.0.0.2:7001 --dpo grpc://10.0.0.3:7002 --reward picker=path/to/reward-model
  tandem up --config tandem.yaml --port 0
  tandem up --trace
  tandem up --metrics 127.0.0.1:9464`

export const configExamples = `
Examples:
  tandem config
  tandem config --config tandem.yaml --port 0 --json`

/** For commands that start a gateway only while they run. */
const sameSettings = `
Without --url, the models are those of "tandem up": the command line wins over the file
(./tandem.yaml or --config FILE), and the file over the environment
(docs/configuration.md lists every key).
`

export const generateExamples = `${sameSettings}
Examples:
  tandem generate "I feel lazy today. What can I do?" --strategy aad
  tandem generate "I feel lazy today. What can I do?" --config tandem.yaml
  tandem generate "Name three rivers." --url http://127.0.0.1:8080 --strategy greedy-sft --max-tokens 64`

export const buildExamples = `
Examples:
  tandem build path/to/sft --out models/sft --precision int8
  tandem build model.gguf --adapter path/to/lora --merge --out models/dpo
  tandem build model.gguf --adapter path/to/lora --adapter-scale 0.4 --out models/dpo
  tandem build hf:ORG/REPO --precision int8 --out models/sft`

export const pullExamples = `
hf:ORG/REPO[/PATH][@REVISION] is a model of the Hugging Face hub (PATH: a folder in it, a .gguf or
an .onnx file). Only the needed files are downloaded, and an interrupted pull continues where it
stopped. HF_ENDPOINT and HF_TOKEN work as in Hugging Face's own tools.

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
Each line is ok, warn or fail, followed by what to do. The exit code is 1 if a check fails.

Examples:
  tandem doctor
  tandem doctor --config tandem.yaml --hashes
  tandem doctor --json | jq '.[] | select(.status != "ok")'`

export const tuneExamples = `
Only a pair whose DPO model is a LoRA adapter on its SFT model can run in one process. The
measurement starts both forms, which takes about 15 seconds after the models are built. Without a
settings file, the embedded pair is measured and the file is created.

Examples:
  tandem tune
  tandem tune --config my.yaml`

export const traceExamples = `
An answer has timings if its request has "decoding": {"timings": true}. Each token is one line: its
index, the time of its step, and a bar of what the time went to:
  D, S, o  the DPO model, the SFT model or an additional model computed
  q        the step waited in services
  w        messages were on the way
  m        the gateway's own work
The longest bar is the slowest token after the first, which has the prompt in its step. A bar that
is longer ends with ">". Below, "overlap" is what two models computed at the same time.
"tandem up --trace" prints the same for each request.

Examples:
  curl http://127.0.0.1:8080/v1/completions -H 'content-type: application/json' \\
    -d '{"model": "smollm2-135m-adherence", "prompt": "Once", "decoding": {"timings": true}}' > answer.json
  tandem trace answer.json
  tandem trace answer.json --content
  tandem trace http://127.0.0.1:9000/answer.json`

export const chatExamples = `${sameSettings}
In the chat, /help lists the commands: /strategy NAME, /compare A B, /reset, /exit. Ctrl-C stops an
answer. Pressed twice, it ends the chat. If the input is not a terminal, each line is a message or a
command, only answers are printed, and the first error ends the chat with exit code 1.

Examples:
  tandem chat
  tandem chat --url http://127.0.0.1:8080 --strategy "aad alpha=0.2" --system "Answer in one sentence."
  printf '%s\\n' '/compare aad greedy-dpo' 'Name three rivers.' | tandem chat`

export const batchExamples = `${sameSettings}
The prompts are recognised: JSONL of OpenAI's Batch form, JSONL of TRL, JSON of alpaca_eval, or one
prompt in each line. The rows are in the order of the prompts, and nothing in them differs between
two equal runs. If the command ends early, run it again: it continues. With --shard 3/16, the file is
FILE-00003-of-00016; "cat FILE-*-of-00016.jsonl" is the file of the whole run.

Examples:
  tandem batch prompts.jsonl --out answers.jsonl --max-tokens 256
  tandem batch alpaca_eval.json --out answers.jsonl --url http://127.0.0.1:8080 --strategy "aad alpha=0.2"
  tandem batch prompts.txt --out samples.jsonl --strategy "sample top_p=0.9" --samples 16 --seed 7
  tandem batch prompts.jsonl --out answers.jsonl --shard 3/16 --url http://gateway`

export const evaluateExamples = `${sameSettings}
R is the mean score of the oracle, W the win rate of the reference against a strategy. The folder gets
report.html with its tables and figures as files of their own, results.json, and the rows that these
are made of. If the command ends early, run it again: it continues. best-of-n sends no requests of its
own: it chooses from one pool of samples, for every n. A judge sees both orders of each pair of answers.
A strategy wins if both orders prefer it; if the orders disagree, it is a tie. adapter_scale is the
scale of the DPO adapter: the command restarts the models for each scale.

Examples:
  tandem evaluate prompts.jsonl --out run --oracle oracle --reward oracle=path/to/reward --max-tokens 256
  tandem evaluate prompts.jsonl --out run --strategies "aad,greedy-dpo,greedy-sft,best-of-n n=2" --samples 16 \\
    --sweep "aad alpha=0.05,0.1,0.2" --oracle oracle --picker picker --url http://127.0.0.1:8080
  TANDEM_JUDGE_KEY=KEY tandem evaluate prompts.jsonl --out run --oracle oracle --url http://127.0.0.1:8080 \\
    --judge-url https://HOST/v1 --judge-model MODEL
  tandem evaluate prompts.jsonl --out run --dpo my-dpo --sweep "aad adapter_scale=0.2,0.4,1" --oracle oracle \\
    --reward oracle=path/to/reward
  tandem evaluate --out run --report-only --compare earlier-run --export alpaca_eval`

export const synthesizeExamples = `${sameSettings}
The pairs are in TRL's form, ready for DPOTrainer. The answers are in FILE.answers.jsonl and their
scores in FILE.scores.jsonl, without the ".jsonl" of FILE. If the command ends early, run it again: it
continues. A strategy is one of "tandem generate --help", or best-of-n or worst-of-n of the samples of
one model by a reward model. A sample is from the nucleus of 0.9 unless top_p says otherwise.

Examples:
  tandem synthesize prompts.jsonl --out round1.jsonl --max-tokens 256
  tandem synthesize round1.jsonl --out round2.jsonl --rejected-from round1.jsonl --max-tokens 256
  tandem synthesize prompts.jsonl --out pairs.jsonl --chosen "best-of-n n=8" --rejected "worst-of-n n=8" --max-tokens 256
  tandem synthesize prompts.jsonl --out pairs.jsonl --pairs adherence --sft MODEL --dpo MODEL --max-tokens 80`

/** Below the list of commands. */
export const exitCodes = `
Exit codes: 0 success (up: stopped by a signal while it serves), 1 error (message on stderr),
130 interrupted by Ctrl-C or another signal.`
