"""The options of `iterate`."""

import argparse
from pathlib import Path

rounds = ("0", "1", "1-prime", "2")


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the command. All others are passed to `dpo`."""
    add = parser.add_argument
    add("--model", type=Path, required=True, metavar="FOLDER", help="the SFT model, a Hugging Face folder")
    add("--data", type=Path, required=True, metavar="FILE", help="preference pairs of round 0")
    add("--part", default="all", metavar="NAME", help="train round 0 on all, picker or oracle (all)")
    add("--split-seed", type=int, default=0, metavar="N", help="as in dpo (0)")
    add("--out", type=Path, required=True, metavar="FOLDER", help="the folder of all rounds; a later run continues it")
    add("--rounds", default=",".join(rounds), metavar="NAMES", help=f"with commas, of {', '.join(rounds)}")
    add(
        "--synthesize",
        default="npx tandem synthesize",
        metavar="COMMAND",
        help="makes the pairs of a round; called with a file of prompts, --sft --dpo --out, and in round 2 --rejected-from",
    )
