"""Files of iterative DPO after a kill. Nothing is trained."""

from argparse import Namespace

from conftest import pair

from tandem_training.__main__ import main
from tandem_training.iterate import Rounds


def test_files_next_to_complete_pairs_get_their_final_names(tmp_path):
    """A run was killed after the pairs got theirs."""
    for name in ("pairs-1.jsonl", "pairs-1.partial.answers.jsonl", "pairs-1.partial.jsonl.manifest.json"):
        (tmp_path / name).write_text(name)
    made = Rounds(Namespace(out=tmp_path), [])
    for _ in "12":
        assert made.pairs("1") == tmp_path / "pairs-1.jsonl"
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {
            "pairs-1.jsonl": "pairs-1.jsonl",
            "pairs-1.answers.jsonl": "pairs-1.partial.answers.jsonl",
            "pairs-1.jsonl.manifest.json": "pairs-1.partial.jsonl.manifest.json",
        }


def test_the_part_evaluation_is_refused_before_anything_is_written(tmp_path, write, capsys):
    args = ["iterate", "--model", "m", "--data", str(write(pair())), "--out", str(tmp_path / "rounds")]
    assert main([*args, "--part", "evaluation"]) == 1
    assert "--part is evaluation: expected all, picker or oracle" in capsys.readouterr().err
    assert not (tmp_path / "rounds").exists()
