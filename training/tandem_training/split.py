"""Writes each part of a file, which --part of the trainings selects, to a file of its own."""

import argparse
import json
from pathlib import Path
from typing import Any

from .data.messages import Text, form_of
from .data.read import Row, read_rows
from .data.split import part_of, parts
from .errors import InputError
from .out_folder import check_new


def run(args: argparse.Namespace) -> None:
    """Writes picker.jsonl, oracle.jsonl, evaluation.jsonl. Rows keep their order and all keys."""
    check_new(args.out)
    rows = read_rows(args.data)
    chosen: dict[str, list[Row]] = {name: [] for name in parts}
    for row in rows:
        chosen[part_of(prompt_of(row, args.data), args.split_seed)].append(row)
    args.out.mkdir(parents=True)
    for name, found in chosen.items():
        lines = (json.dumps(row.value, ensure_ascii=False) + "\n" for row in found)
        (args.out / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{args.out / name}.jsonl: {len(found)} of {len(rows)} rows")


def select_prompts(rows: list[Row], path: Path, part: str, seed: int) -> list[Text]:
    """Returns the prompts of a part, or of all, each once and in the order of the file."""
    prompts = (prompt_of(row, path) for row in rows)
    unique = {json.dumps(prompt): prompt for prompt in prompts if part in ("all", part_of(prompt, seed))}
    return list(unique.values())


def prompt_of(row: Row, path: Path) -> Text:
    """Returns the prompt of a row of any kind.

    Raises InputError if it has none.
    """
    value: dict[str, Any] = row.value
    conversation = value.get("messages") or value.get("chosen")
    prompt = value.get("prompt") or (conversation[:-1] if isinstance(conversation, list) else None)
    if form_of(prompt) is None:
        raise InputError(
            f"{path}, line {row.line} has no prompt: expected prompt (a string or messages), messages, or a pair"
        )
    return prompt
