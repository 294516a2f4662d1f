"""The options of `split`."""

import argparse
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the command."""
    add = parser.add_argument
    add("--data", type=Path, required=True, metavar="FILE", help="JSONL with prompts, demonstrations or pairs")
    add("--out", type=Path, required=True, metavar="FOLDER", help="the folder for the files")
    add("--split-seed", type=int, default=0, metavar="N", help="as in the training commands (0)")
