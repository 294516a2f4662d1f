"""Checks examples as the trainers will tokenise them."""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError, lines_of
from .examples import Example
from .messages import Text


@dataclass(frozen=True)
class Tokens:
    """What the checks need of a tokenizer."""

    encode: Callable[[Text, bool], list[int]]
    """Returns token ids. The second argument is whether the header of the next answer is added."""
    begin: int | None
    ends: frozenset[int]


@dataclass(frozen=True)
class Checked:
    """The examples that remain, the count of those dropped by reason, and lengths in tokens."""

    examples: list[Example]
    dropped: dict[str, int]
    median: int
    longest: int


def check_tokens(examples: list[Example], tokens: Tokens, max_length: int, path: Path) -> Checked:
    """Checks every example and drops those longer than `max_length` tokens.

    Raises InputError if a prompt is not the beginning of its tokenised conversation, or if the
    answers do not end with an end token, which the model would then never learn to write.
    """
    kept, lengths = [], []
    wrong: dict[str, list[int]] = defaultdict(list)
    for example in examples:
        prompt = tokens.encode(example.prompt, True)
        whole = [tokens.encode(example.prompt + answer, False) for answer in example.answers.values()]
        for problem in {_problem(prompt, ids, tokens, isinstance(example.prompt, list)) for ids in whole} - {None}:
            wrong[problem].append(example.line)
        lengths.append(max(len(ids) for ids in whole))
        if lengths[-1] <= max_length:
            kept.append(example)
    for problem, lines in wrong.items():
        raise InputError(f"{path}, {lines_of(lines)}: {problem}")
    if not kept:
        raise InputError(
            f"{path}: all {len(lengths)} rows have more than {max_length} tokens (the shortest {min(lengths)}). "
            "Give a larger --max-length, or shorter rows"
        )
    dropped = len(lengths) - len(kept)
    counts = {f"longer than {max_length} tokens": dropped} if dropped else {}
    return Checked(kept, counts, sorted(lengths)[len(lengths) // 2], max(lengths))


def _problem(prompt: list[int], whole: list[int], tokens: Tokens, is_chat: bool) -> str | None:
    if whole[: len(prompt)] != prompt:
        return (
            "the tokens of the prompt are not the first tokens of prompt and answer together, so the loss would "
            "cover the wrong tokens. Check the chat template, or the white space where the prompt ends"
        )
    if len(whole) == len(prompt):
        return "the answer has no tokens: expected text that the chat template prints"
    if is_chat and not tokens.ends.intersection(whole[len(prompt) :]):
        return (
            "the chat template writes no end token after the answer, so the model would not learn to stop. "
            "Use a template that ends each message by assistant with the eos_token"
        )
    if not is_chat and tokens.begin is not None and prompt[:2] == [tokens.begin] * 2:
        return "the prompt begins with two BOS tokens. Remove the BOS text from it: the tokenizer adds the token"
    return None
