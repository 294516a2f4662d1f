import subprocess
import sys
from pathlib import Path

from tandem_training.data.read import read_rows

folder = Path(__file__).parents[1] / "prompts"
names = ("train.jsonl", "oracle.jsonl", "held-out.jsonl")


def test_the_files_are_those_that_the_program_writes(tmp_path):
    subprocess.run([sys.executable, folder / "make_prompts.py", tmp_path], check=True)
    for name in names:
        assert (folder / name).read_bytes() == (tmp_path / name).read_bytes()


def test_no_prompt_is_in_two_files_or_twice_in_one():
    prompts = [row.value["prompt"][0]["content"] for name in names for row in read_rows(folder / name)]
    assert len(set(prompts)) == len(prompts) > 2000
