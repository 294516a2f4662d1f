"""Stands in for `tandem synthesize`: makes pairs of nothing and records how it was called.

The first call of each round fails half-way, as if it had been killed.
"""

import argparse
import json
from pathlib import Path

parser = argparse.ArgumentParser()
parser.add_argument("prompts")
for name in ("--sft", "--dpo", "--out"):
    parser.add_argument(name, required=True)
parser.add_argument("--rejected-from")
args = parser.parse_args()

calls = Path(args.out).with_name("calls.jsonl")
with calls.open("a") as file:
    file.write(json.dumps(vars(args)) + "\n")

prompts = [json.loads(line)["prompt"] for line in Path(args.prompts).read_text().splitlines()]
old = [json.loads(line)["rejected"] for line in Path(args.rejected_from).read_text().splitlines()] if args.rejected_from else None
rows = [
    {
        "prompt": prompt,
        "chosen": [{"role": "assistant", "content": f"good {i}"}],
        "rejected": old[i] if old else [{"role": "assistant", "content": f"bad {i}"}],
    }
    for i, prompt in enumerate(prompts)
]
is_first = not Path(args.out).exists()
with Path(args.out).open("w") as file:
    file.writelines(json.dumps(row) + "\n" for row in (rows[:1] if is_first else rows))
Path(f"{args.out}.manifest.json").write_text("{}")
raise SystemExit(1 if is_first else 0)
