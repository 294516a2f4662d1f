"""Finds pairs that teach nothing or teach both directions."""

from pathlib import Path

from ..errors import InputError, lines_of
from .examples import Example


def check_identical(pairs: list[Example], path: Path, drop: bool) -> tuple[list[Example], int]:
    """Returns the pairs whose sides differ, and the count of the others.

    Raises InputError if sides are equal and `drop` is false, or if no pair remains.
    """
    lines = [pair.line for pair in pairs if pair.answers["chosen"] == pair.answers["rejected"]]
    if lines and not drop:
        raise InputError(
            f"{path}, {lines_of(lines)}: chosen and rejected are equal, and such a pair expresses no preference. "
            "Remove these rows, or give --drop-identical"
        )
    kept = [pair for pair in pairs if pair.answers["chosen"] != pair.answers["rejected"]]
    if not kept:
        raise InputError(f"{path}: chosen and rejected are equal in all {len(pairs)} rows: expected pairs that differ")
    return kept, len(lines)
