"""Writes prompts for adherence pairs: train.jsonl, oracle.jsonl and held-out.jsonl.

    python make_prompts.py FOLDER

A topic is in one file only, which its hash decides.
"""

import hashlib
import json
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import topics
from templates import CAPITALS, KINDS, OPPOSITES

SEED = 1
HELD_OUT_SHARE = 0.12
# There are few facts, and the share of right answers needs some.
FACTS_HELD_OUT_SHARE = 0.25
ORACLE_SHARE = 0.34

Row = dict[str, object]


def main(folder: Path) -> None:
    rows: dict[str, list[Row]] = {"train": [], "oracle": [], "held-out": []}
    for topic, row in all_rows():
        rows[file_of(topic, row["kind"])].append(row)
    for name, content in rows.items():
        random.Random(SEED).shuffle(content)
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in content]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        print(f"{name}.jsonl: {len(content)} prompts")


def file_of(topic: str, kind: object) -> str:
    """The file of a topic. Its hash, as a number from 0 to 1, decides."""
    held_out = FACTS_HELD_OUT_SHARE if kind == "fact" else HELD_OUT_SHARE
    place = int.from_bytes(hashlib.sha256(f"{SEED}:{topic}".encode()).digest()[:4], "big") / 2**32
    if place < held_out:
        return "held-out"
    return "oracle" if place < held_out + ORACLE_SHARE else "train"


def all_rows() -> Iterator[tuple[str, Row]]:
    """Yields each topic with each of its prompts."""
    for kind in KINDS:
        for topic in entries(kind.topics):
            for template in some(kind.templates, kind.count, topic):
                yield topic, row_of(template.format(topic), kind.name)
    for question, answers in facts(topics.FACTS):
        yield question, row_of(question, "fact", answers)
    for text, templates in ((topics.CAPITALS, CAPITALS), (topics.OPPOSITES, OPPOSITES)):
        for topic, answers in facts(text):
            for template in some(templates, 1, topic):
                yield topic, row_of(template.format(topic), "fact", answers)


def entries(text: str) -> list[str]:
    return [entry for line in text.strip().splitlines() for entry in line.split("|")]


def facts(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yields each question with its right answers."""
    for entry in entries(text):
        question, _, answers = entry.rpartition(":")
        yield question, answers.split(",")


def some(templates: tuple[str, ...], count: int, topic: str) -> list[str]:
    return random.Random(f"{SEED}:{topic}").sample(templates, min(count, len(templates)))


def row_of(content: str, kind: str, expected: list[str] | None = None) -> Row:
    row: Row = {"prompt": [{"role": "user", "content": content}], "kind": kind}
    return row if expected is None else row | {"expected": expected}


if __name__ == "__main__":
    main(Path(sys.argv[1]))
