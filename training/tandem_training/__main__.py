"""The command line: `python -m tandem_training COMMAND`, or `tandem-train COMMAND`."""

import argparse
import sys
from importlib import import_module

from .arguments import add_options, read_options
from .errors import InputError

_trainings = {
    "sft": "train an SFT model on demonstrations",
    "dpo": "train a DPO model on preference pairs",
    "reward": "train a reward model on preference pairs",
}
_tools = {
    "base": "make a Hugging Face folder from a GGUF file",
    "split": "write the parts of a file to files",
    "iterate": "train the rounds 0, 1, 1' and 2 of iterative DPO; options that are not listed here go to dpo",
}


def main(argv: list[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    parser = _parser()
    args, rest = parser.parse_known_args(argv)
    if rest and args.command != "iterate":
        parser.error(f"unknown options: {' '.join(rest)}")
    try:
        _run(args, rest)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _run(args: argparse.Namespace, rest: list[str]) -> None:
    """Imports the command only now: the trainers import torch, which takes seconds."""
    if args.command in _trainings:
        options = read_options(args.command, args)
        import_module(f".{args.command}", __package__).train(options)
        return
    command = import_module(f".{args.command}", __package__)
    command.run(args, rest) if args.command == "iterate" else command.run(args)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem-train", description="Trains models that `tandem up` serves.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _trainings.items():
        add_options(commands.add_parser(name, help=text, description=text, allow_abbrev=False), name)
    for name, text in _tools.items():
        tool = commands.add_parser(name, help=text, description=text, allow_abbrev=False)
        import_module(f".{name}_options", __package__).add_options(tool)
    return parser


if __name__ == "__main__":
    sys.exit(main())
