"""The options that the training commands share."""

import argparse
from dataclasses import dataclass, replace
from pathlib import Path

from .data.split import parts
from .errors import InputError
from .recipes import Lora, Recipe, adapters, recipes


@dataclass(frozen=True)
class Options:
    """The parsed command line of a training command."""

    command: str
    preset: str
    model: Path
    data: Path
    eval_data: Path | None
    eval_rows: int | None
    part: str
    split_seed: int
    out: Path
    adapter: Path | None
    recipe: Recipe
    micro_batch: int
    max_steps: int
    precision: str
    seed: int
    drop_identical: bool

    @property
    def is_merged(self) -> bool:
        """Whether an adapter is trained and then merged: the SFT model is always a whole model."""
        return self.command == "sft" and self.recipe.lora is not None

    @property
    def writes_adapter(self) -> bool:
        """Whether the folder gets an adapter. If not, it gets a whole model."""
        return self.recipe.lora is not None and not self.is_merged


def add_options(parser: argparse.ArgumentParser, command: str) -> None:
    """Adds the options of a training command. Values that are not given come from the preset."""
    paper = recipes[command]["paper"]
    add = parser.add_argument
    add("--model", type=Path, required=True, metavar="FOLDER", help="the model to start from, a Hugging Face folder")
    add("--data", type=Path, required=True, metavar="FILE", help="JSONL, one row a line")
    add("--eval-data", type=Path, metavar="FILE", help="rows that are only measured, in place of the part evaluation")
    add("--eval-rows", type=int, metavar="N", help="measure only the first N of these rows (all)")
    add("--part", metavar="NAME", default=None, help=_part_help(command))
    add("--split-seed", type=int, default=0, metavar="N", help="another seed makes other parts (0)")
    add("--out", type=Path, required=True, metavar="FOLDER", help="the folder to create")
    add("--preset", choices=tuple(recipes[command]), default="paper", help="the defaults of all values below (paper)")
    add("--full", action="store_true", help="train all weights" + ("" if paper.lora else ", as the paper does"))
    add("--lora", action="store_true", help=_lora_help(command))
    _add_values(parser, paper)
    add("--micro-batch", type=int, default=0, metavar="N", help="rows in memory at once; no effect on the result (4)")
    add("--max-steps", type=int, default=-1, metavar="N", help="stop after N optimizer steps")
    add("--precision", choices=("auto", "bf16", "fp32"), default="auto", help="auto: bf16 on a GPU, else fp32")
    add("--seed", type=int, default=0, metavar="N", help="seed of weights, dropout and order (0)")
    if command != "sft":
        add("--drop-identical", action="store_true", help="drop pairs whose sides are equal, and count them")


def _part_help(command: str) -> str:
    default = "no default" if command == "reward" else "all"
    return f"train on all, picker or oracle ({default}); with a part, the part evaluation is measured at the end"


def _lora_help(command: str) -> str:
    if command == "sft":
        return "train a LoRA adapter, and merge it into the model at the end"
    return "train a LoRA adapter" + (", as the paper does" if recipes[command]["paper"].lora else "")


def _add_values(parser: argparse.ArgumentParser, paper: Recipe) -> None:
    add, lora = parser.add_argument, paper.lora or Lora()
    add("--learning-rate", type=float, metavar="X", help=f"paper: {paper.learning_rate:g}")
    add("--batch-size", type=int, metavar="N", help=f"rows per optimizer step; paper: {paper.batch_size}")
    add("--epochs", type=float, metavar="N", help=f"paper: {paper.epochs:g}")
    add("--warmup", type=float, metavar="SHARE", help=f"share of the steps; paper: {paper.warmup:g}")
    add("--weight-decay", type=float, metavar="X", help=f"paper: {paper.weight_decay:g}")
    add("--max-length", type=int, metavar="TOKENS", help=f"longer rows are dropped; paper: {paper.max_length}")
    if paper.beta is not None:
        add("--beta", type=float, metavar="X", help=f"paper: {paper.beta:g}")
        add("--adapter", type=Path, metavar="FOLDER", help="continue this adapter, which is then the reference")
    add("--lora-r", type=int, metavar="N", help=f"paper: {lora.r}")
    add("--lora-alpha", type=int, metavar="N", help=f"paper: {lora.alpha}")
    add("--lora-dropout", type=float, metavar="X", help=f"paper: {lora.dropout}")
    add("--lora-targets", metavar="NAMES", help=f"with commas; paper: {','.join(lora.targets)}")


def check_part(part: str) -> None:
    """Raises InputError if nothing is trained on the part, or if it does not exist."""
    if part == "evaluation":
        raise InputError(
            "--part is evaluation: expected all, picker or oracle. Nothing is trained on the part evaluation, because "
            "it measures the models that the other parts train. Give --part picker or --part oracle, and it is "
            "measured at the end"
        )
    if part not in ("all", *parts):
        raise InputError(f"--part is {part}: expected all, picker or oracle. Give one of them")


def read_options(command: str, args: argparse.Namespace) -> Options:
    """Combines the preset and the command line.

    Raises InputError if values contradict each other.
    """
    if args.part is None and command == "reward":
        raise InputError(
            "--part is missing. For the paper's roles give --part picker (10% of the training prompts) or "
            "--part oracle (the other 90%). Give --part all to train on every row"
        )
    part = args.part or "all"
    check_part(part)
    recipe = _recipe(recipes[command][args.preset], args)
    adapter = getattr(args, "adapter", None)
    if adapter is not None and recipe.lora is None:
        raise InputError("--adapter continues a LoRA adapter and --full trains all weights: give one of them")
    if adapter is not None and _sizes(args):
        raise InputError("--adapter has a size of its own: leave out the options --lora-...")
    return Options(
        command=command,
        preset=args.preset,
        model=args.model,
        data=args.data,
        eval_data=args.eval_data,
        eval_rows=args.eval_rows,
        part=part,
        split_seed=args.split_seed,
        out=args.out,
        adapter=adapter,
        recipe=recipe,
        micro_batch=_micro_batch(args.micro_batch, recipe.batch_size),
        max_steps=args.max_steps,
        precision=args.precision,
        seed=args.seed,
        drop_identical=getattr(args, "drop_identical", False),
    )


def _recipe(preset: Recipe, args: argparse.Namespace) -> Recipe:
    if args.full and args.lora:
        raise InputError("--full and --lora contradict each other: give one of them")
    names = ("learning_rate", "batch_size", "epochs", "warmup", "weight_decay", "max_length", "beta")
    given = {name: getattr(args, name, None) for name in names}
    lora = None if args.full else preset.lora or (adapters[args.preset] if args.lora else None)
    sizes = _sizes(args)
    if sizes and lora is None:
        raise InputError("--lora-r, --lora-alpha, --lora-dropout and --lora-targets need --lora")
    recipe = replace(preset, lora=lora and replace(lora, **sizes))
    return replace(recipe, **{name: value for name, value in given.items() if value is not None})


def _sizes(args: argparse.Namespace) -> dict[str, object]:
    sizes = {"r": args.lora_r, "alpha": args.lora_alpha, "dropout": args.lora_dropout}
    if args.lora_targets is not None:
        sizes["targets"] = tuple(args.lora_targets.split(","))
    return {name: value for name, value in sizes.items() if value is not None}


def _micro_batch(given: int, batch_size: int) -> int:
    if given == 0:
        return next(size for size in (4, 3, 2, 1) if batch_size % size == 0)
    if given < 0 or batch_size % given != 0:
        raise InputError(f"--micro-batch is {given}: expected a divisor of the batch size {batch_size}")
    return given
