"""Helpers for tests: files of rows, and the repository's tiny models."""

import json
from pathlib import Path

import pytest

tiny = Path(__file__).parents[2] / "test/fixtures/tiny/llama-tied"


def user(text: str) -> list[dict[str, str]]:
    """A prompt of one message."""
    return [{"role": "user", "content": text}]


def assistant(text: str) -> list[dict[str, str]]:
    """An answer of one message."""
    return [{"role": "assistant", "content": text}]


def pair(prompt: str = "hello", chosen: str = "good", rejected: str = "bad", **more) -> dict:
    """A preference pair of messages."""
    return {"prompt": user(prompt), "chosen": assistant(chosen), "rejected": assistant(rejected), **more}


@pytest.fixture
def write(tmp_path):
    """Writes rows to a JSONL file and returns its path."""

    def write_rows(*rows: object, name: str = "rows.jsonl") -> Path:
        path = tmp_path / name
        path.write_text("".join((row if isinstance(row, str) else json.dumps(row)) + "\n" for row in rows))
        return path

    return write_rows
