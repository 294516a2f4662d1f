"""A file that appears when it is complete."""

from pathlib import Path


def write_whole(path: Path, text: str) -> None:
    """Writes a file. If the process is killed meanwhile, the file is missing or the old one."""
    partial = path.with_name(f".{path.name}.partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
