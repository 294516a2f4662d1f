"""Turns rows into examples: a prompt and the answers to it, all in one form."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError, lines_of
from .messages import Text, form_of, is_empty, plain
from .read import Row


@dataclass(frozen=True)
class Example:
    """A prompt with one answer for each key: chosen and rejected, or completion."""

    line: int
    prompt: Text
    answers: dict[str, Text]


pair_keys = ("chosen", "rejected")
demonstration_keys = ("completion",)


def parse_pairs(rows: list[Row], path: Path) -> list[Example]:
    """Parses preference pairs. A row may lack the prompt if both sides are whole conversations.

    Raises InputError with the first lines that are wrong.
    """
    return _parse_all(rows, path, pair_keys, _pair)


def parse_demonstrations(rows: list[Row], path: Path) -> list[Example]:
    """Parses rows of prompt and completion, of messages, or pairs, whose chosen side is used."""
    return _parse_all(rows, path, demonstration_keys, _demonstration)


def _parse_all(rows, path, keys, parse) -> list[Example]:
    examples, wrong, forms = [], defaultdict(list), defaultdict(list)
    for row in rows:
        found = parse(row.value)
        if isinstance(found, str):
            wrong[found].append(row.line)
            continue
        prompt, *answers = found
        example = Example(row.line, prompt, dict(zip(keys, answers, strict=True)))
        forms[form_of(prompt)].append(row.line)
        examples.append(example)
    for problem, lines in wrong.items():
        raise InputError(f"{path}, {lines_of(lines)}: {problem}")
    if len(forms) > 1:
        shown = ", ".join(f"{name} in {lines_of(lines, 3)}" for name, lines in sorted(forms.items()))
        raise InputError(
            f"{path} mixes two forms ({shown}): expected strings in all rows, or lists of messages in all rows. "
            "TRL would read all rows in the form of the first. Convert the file to one form"
        )
    return examples


def _pair(value: dict[str, Any]) -> tuple[Text, Text, Text] | str:
    """Returns prompt, chosen and rejected, or what is wrong."""
    chosen, rejected = value.get("chosen"), value.get("rejected")
    for key in pair_keys:
        if form_of(value.get(key)) is None:
            return _no_text(key, value.get(key))
    if form_of(chosen) != form_of(rejected):
        return "chosen and rejected have different forms: expected two strings or two lists of messages"
    if value.get("prompt") is None:
        return _implicit(chosen, rejected)
    return _explicit(value["prompt"], {"chosen": chosen, "rejected": rejected})


def _implicit(chosen: Text, rejected: Text) -> tuple[Text, Text, Text] | str:
    if isinstance(chosen, str) or isinstance(rejected, str):
        return "prompt is missing: expected prompt, chosen and rejected (only messages may leave it out)"
    prompt, other = plain(chosen[:-1]), plain(rejected[:-1])
    if not prompt or prompt != other:
        return (
            "prompt is missing, and chosen and rejected differ before their last messages: expected the same "
            "messages in both up to the answer, or a prompt"
        )
    return _explicit(prompt, {"chosen": chosen[-1:], "rejected": rejected[-1:]})


def _demonstration(value: dict[str, Any]) -> tuple[Text, Text] | str:
    """Returns prompt and completion, or what is wrong."""
    if value.get("messages") is not None:
        messages = value["messages"]
        if form_of(messages) != "messages" or len(messages) < 2:
            return "messages is not a conversation: expected messages with role and content, the last by assistant"
        return _explicit(messages[:-1], {"messages": messages[-1:]})
    if value.get("completion") is not None:
        return _explicit(value.get("prompt"), {"completion": value["completion"]})
    found = _pair(value)
    if isinstance(found, str):
        return f"{found}. For SFT, expected prompt and completion, or messages, or a preference pair"
    return found[0], found[1]


def _explicit(prompt: Any, answers: dict[str, Any]) -> tuple | str:
    form = form_of(prompt)
    if form is None:
        return _no_text("prompt", prompt)
    for key, answer in answers.items():
        if form_of(answer) != form:
            return f"prompt is {form} and {key} is {form_of(answer) or 'neither text nor messages'}: expected one form"
        if is_empty(answer):
            return f"{key} is empty: expected an answer"
        if form == "messages" and (len(answer) != 1 or answer[0]["role"] != "assistant"):
            return (
                f"{key} has {len(answer)} messages, the first by {answer[0]['role']}: expected only the answer, "
                "one message by assistant. Move the messages before it to prompt"
            )
    if form == "messages" and prompt[-1]["role"] == "assistant":
        return "prompt ends with a message by assistant: expected the last message by user"
    return tuple(plain(value) if form == "messages" else value for value in (prompt, *answers.values()))


def _no_text(key: str, value: Any) -> str:
    found = "missing" if value is None else f"{type(value).__name__} that is not text"
    return f"{key} is {found}: expected a string, or a list of messages with role and content"
