"""Iterative DPO, as in section 6 of the paper.

| round | starts from | trained on |
|---|---|---|
| 0 | the SFT model | the given pairs |
| 1 | the SFT model | chosen by AAD with the models of round 0, rejected by sampling its DPO model |
| 1-prime | the DPO model of round 0 | the same |
| 2 | the SFT model | chosen by AAD with the DPO model of round 1, rejected those of round 1 |
"""

import argparse
import json
import shlex
import sys
from pathlib import Path

from .arguments import check_part
from .data.read import hash_of, read_rows
from .errors import InputError
from .iterate_options import rounds
from .program import run_program
from .split import select_prompts
from .whole_file import write_whole


class Rounds:
    """The files of a run, each made once. A stopped run continues at the first missing one."""

    def __init__(self, args: argparse.Namespace, rest: list[str]) -> None:
        self.args = args
        self.rest = rest
        self.is_full = "--full" in rest

    def folder(self, name: str) -> Path:
        """Returns the trained model of a round."""
        out = self.args.out / f"round-{name}"
        if (out / "training.json").exists():
            return out
        if name == "0":
            data = ["--data", self.args.data, "--part", self.args.part, "--split-seed", self.args.split_seed]
        else:
            data = ["--data", self.pairs("1" if name == "1-prime" else name)]
        _say(f"Round {name}: training")
        command = [sys.executable, "-m", __package__, "dpo", *self._start(name), *data, *self.rest, "--out", out]
        _call([str(part) for part in command], f"the training of round {name}")
        return out

    def _start(self, name: str) -> list[object]:
        if name != "1-prime":
            return ["--model", self.args.model]
        if self.is_full:
            return ["--model", self.folder("0")]
        return ["--model", self.args.model, "--adapter", self.folder("0")]

    def pairs(self, name: str) -> Path:
        """Returns the synthetic pairs of round 1 or 2."""
        out = self.args.out / f"pairs-{name}.jsonl"
        # The name stays the same if the command is run again, so that it can continue its own work.
        partial = out.with_name(f"pairs-{name}.partial.jsonl")
        if not out.exists():
            self._synthesize(name, partial)
            partial.rename(out)
        # Also for pairs that are there: a run may have been stopped before this.
        _rename_others(partial, out)
        return out

    def _synthesize(self, name: str, out: Path) -> None:
        dpo = self.folder("0" if name == "1" else "1")
        rejected = [] if name == "1" else ["--rejected-from", self.pairs("1")]
        command = [self.prompts(), "--sft", self.args.model, "--dpo", dpo, "--out", out, *rejected]
        _say(f"Round {name}: pairs")
        _call([*shlex.split(self.args.synthesize), *(str(part) for part in command)], f"the synthesis of round {name}")
        if not out.exists():
            raise InputError(
                f"the command of --synthesize ended without an error and did not write {out}: expected the pairs there"
            )

    def prompts(self) -> Path:
        """Returns the prompts of round 0, each once."""
        out = self.args.out / "prompts.jsonl"
        if not out.exists():
            found = select_prompts(read_rows(self.args.data), self.args.data, self.args.part, self.args.split_seed)
            write_whole(out, "".join(json.dumps({"prompt": prompt}, ensure_ascii=False) + "\n" for prompt in found))
        return out


def run(args: argparse.Namespace, rest: list[str]) -> None:
    """Runs the rounds in their order."""
    names = args.rounds.split(",")
    unknown = [name for name in names if name not in rounds]
    if unknown:
        raise InputError(f"--rounds has {', '.join(unknown)}: expected names of {', '.join(rounds)}, with commas")
    check_part(args.part)
    args.out.mkdir(parents=True, exist_ok=True)
    _check_same(args, rest)
    made = Rounds(args, rest)
    for name in rounds:
        if name in names:
            _say(f"Round {name}: {made.folder(name)}")


def _check_same(args: argparse.Namespace, rest: list[str]) -> None:
    """Refuses to continue a run with other data or options: its rounds would not match."""
    own = {"model": str(args.model.resolve()), "data": hash_of(args.data), "part": args.part}
    settings = own | {"split_seed": args.split_seed, "synthesize": args.synthesize, "dpo": rest}
    path = args.out / "iterate.json"
    if not path.exists():
        write_whole(path, json.dumps(settings, indent=1) + "\n")
        return
    before = json.loads(path.read_text(encoding="utf-8"))
    changed = [name for name, value in settings.items() if before.get(name) != value]
    if changed:
        raise InputError(
            f"{args.out} was started with other values of {', '.join(changed)} ({path}): "
            "give the same, or another --out"
        )


def _rename_others(partial: Path, out: Path) -> None:
    """Gives the files that the command wrote next to the pairs their final names."""
    for path in sorted(out.parent.glob(f"{partial.stem}.*")):
        path.rename(path.with_name(out.stem + path.name.removeprefix(partial.stem)))


def _call(command: list[str], what: str) -> None:
    try:
        code = run_program(command)
    except OSError as error:
        raise InputError(f"{what} cannot start ({error}): give a program that exists") from error
    if code != 0:
        raise InputError(
            f"{what} ended with exit code {code}. Its messages are above. After the cause is removed, the same command "
            f"continues here. It was: {shlex.join(command)}"
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
