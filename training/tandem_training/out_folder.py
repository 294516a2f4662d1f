"""A folder that appears when it is complete."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import InputError


def check_new(out: Path) -> None:
    """Raises InputError if the folder exists."""
    if out.exists():
        raise InputError(f"{out} exists already: give another --out, or remove it")


@contextmanager
def new_folder(out: Path) -> Iterator[Path]:
    """Gives a folder to write to. It gets its name at the end, and is removed if the body fails."""
    check_new(out)
    partial = out.with_name(f".{out.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        yield partial
        _make_readable(partial)
        partial.rename(out)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _make_readable(folder: Path) -> None:
    """Gives files the usual mode: safetensors makes them readable by their owner only."""
    umask = os.umask(0)
    os.umask(umask)
    for path in folder.rglob("*"):
        if path.is_file():
            path.chmod(0o666 & ~umask)
