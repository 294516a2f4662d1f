"""Reads a JSONL file whose rows keep their line numbers."""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..errors import InputError


@dataclass(frozen=True)
class Row:
    """One line of a file."""

    line: int
    value: dict[str, Any]


def read_rows(path: Path) -> list[Row]:
    """Reads the rows of a JSONL file. Empty lines are skipped.

    Raises InputError if the file is missing, is no JSONL or has NaN or Infinity.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"{path} cannot be read ({error.strerror}): give an existing file") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path} is not UTF-8 (byte {error.start}): save it as UTF-8") from error
    rows = [_parse(path, number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if not rows:
        raise InputError(f"{path} has no rows: expected one JSON object a line")
    return rows


def _parse(path: Path, number: int, line: str) -> Row:
    def refuse(name: str) -> None:
        raise InputError(
            f"{path}, line {number} has {name}: expected finite numbers. Leave the score out, or write null"
        )

    try:
        value = json.loads(line, parse_constant=refuse)
    except json.JSONDecodeError as error:
        hint = " The file looks like a JSON array: write one object a line." if line.lstrip()[0] == "[" else ""
        raise InputError(f"{path}, line {number} is not JSON ({error.msg}).{hint}") from error
    if not isinstance(value, dict):
        raise InputError(f"{path}, line {number} is {type(value).__name__}: expected a JSON object, one a line")
    return Row(number, value)


def hash_of(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
