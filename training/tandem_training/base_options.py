"""The options of `base`, apart from its code, which imports torch."""

import argparse
from pathlib import Path


def add_options(parser: argparse.ArgumentParser) -> None:
    """Adds the options of the command."""
    add = parser.add_argument
    add("--gguf", type=Path, required=True, metavar="FILE", help="the weights, dequantised to float32")
    add("--built", type=Path, required=True, metavar="FOLDER", help="what `tandem build FILE --out FOLDER` made of it")
    add("--out", type=Path, required=True, metavar="FOLDER", help="the Hugging Face folder to create")
