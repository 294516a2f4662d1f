"""Reads, checks and splits the data of a training command."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from datasets import Dataset

from .arguments import Options
from .data.examples import Example, pair_keys
from .data.identical import check_identical
from .data.read import Row, hash_of, read_rows
from .data.split import part_of
from .data.tokens import Tokens, check_tokens
from .errors import InputError


@dataclass(frozen=True)
class Data:
    """What is trained on and what is measured, with the counts for the card."""

    train: list[Example]
    evaluation: list[Example]
    counts: dict[str, object]

    @property
    def is_chat(self) -> bool:
        """Whether the rows are messages."""
        return isinstance(self.train[0].prompt, list)


Parse = Callable[[list[Row], Path], list[Example]]


def read_data(options: Options, parse: Parse) -> Data:
    """Reads the files and selects the rows of the part. It needs no tokenizer."""
    rows = read_rows(options.data)
    examples, identical = _differing(parse(rows, options.data), options.data, options)
    by_part = {
        name: [e for e in examples if part_of(e.prompt, options.split_seed) == name]
        for name in ("picker", "oracle", "evaluation")
    }
    train = examples if options.part == "all" else by_part[options.part]
    if not train:
        raise InputError(
            f"{options.data}: none of {len(examples)} rows is in the part {options.part}. Give more rows, another "
            "--split-seed, or --part all"
        )
    evaluation = [] if options.part == "all" else by_part["evaluation"]
    counts = {"file": str(options.data), "sha256": hash_of(options.data), "rows": len(rows), "part": options.part}
    if identical:
        counts["dropped: chosen equals rejected"] = identical
    if options.eval_data is not None:
        evaluation, _ = _differing(parse(read_rows(options.eval_data), options.eval_data), options.eval_data, options)
        counts |= {"evaluation file": str(options.eval_data), "evaluation sha256": hash_of(options.eval_data)}
        _refuse_shared(train, evaluation, options)
    return Data(train, evaluation, counts)


def _differing(examples: list[Example], path: Path, options: Options) -> tuple[list[Example], int]:
    if tuple(examples[0].answers) != pair_keys:
        return examples, 0
    return check_identical(examples, path, options.drop_identical)


def _refuse_shared(train: list[Example], evaluation: list[Example], options: Options) -> None:
    prompts = {repr(example.prompt) for example in train}
    shared = sum(repr(example.prompt) in prompts for example in evaluation)
    if shared:
        raise InputError(
            f"{options.eval_data} has {shared} prompts that are in {options.data} too, so its figures would not be "
            "of unseen prompts: remove them from one of the files"
        )


def check_data(data: Data, tokens: Tokens, options: Options) -> Data:
    """Checks the data with the model's tokens and drops rows that are too long."""
    limit = options.recipe.max_length
    train = check_tokens(data.train, tokens, limit, options.data)
    counts = data.counts | {"rows to train on": len(train.examples)}
    counts |= {f"dropped: {reason}": count for reason, count in train.dropped.items()}
    counts |= {"tokens before dropping, median": train.median, "tokens before dropping, longest": train.longest}
    evaluation: list[Example] = []
    if data.evaluation:
        evaluation = check_tokens(data.evaluation, tokens, limit, options.eval_data or options.data).examples
        evaluation = evaluation[: options.eval_rows]
        counts["measured on"] = len(evaluation)
    return Data(train.examples, evaluation, counts)


def dataset_of(examples: list[Example]) -> Dataset:
    """Makes a dataset with prompt and answers only.

    Other columns are left out: TRL's RewardTrainer would subtract a column `margin` in its loss.
    """
    return Dataset.from_list([{"prompt": example.prompt, **example.answers} for example in examples])
