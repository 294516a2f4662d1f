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


def main(argv: list[str] | None = None) -> int:
    """Runs a command and returns its exit code."""
    args = _parser().parse_args(argv)
    try:
        # The trainers import torch, which takes seconds. --help and errors in options do not wait for it.
        if args.command in _trainings:
            options = read_options(args.command, args)
            import_module(f".{args.command}", __package__).train(options)
        else:
            args.run(args)
    except InputError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="tandem-train", description="Trains models that `tandem up` serves.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, text in _trainings.items():
        add_options(commands.add_parser(name, help=text, description=text), name)
    return parser


if __name__ == "__main__":
    sys.exit(main())
