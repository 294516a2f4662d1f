import json
import re

import pytest
from conftest import pair, user

from tandem_training.__main__ import main
from tandem_training.data.split import part_of, parts

many = [user(f"question number {i}") for i in range(10_000)]


def test_parts_have_the_papers_shares():
    counts = {name: sum(part_of(prompt) == name for prompt in many) for name in parts}
    # 10% of all, 10% and 90% of the rest. Four standard deviations are 120 of 10,000.
    assert counts["evaluation"] == pytest.approx(1000, abs=120)
    assert counts["picker"] == pytest.approx(900, abs=120)
    assert counts["oracle"] == pytest.approx(8100, abs=160)


def test_a_prompt_has_the_same_part_in_every_file():
    # Values of this version: if they change, models that were trained before have seen other rows.
    assert [part_of(many[i]) for i in (0, 7, 18, 22)] == ["oracle", "picker", "evaluation", "picker"]
    assert part_of("a") == part_of(user("a"))


def test_near_copies_share_a_part():
    for text in ("what is tea?", "name three rivers", "why is the sky blue?"):
        same = [user(text), user(f"  {text.upper()}\n"), user(text.replace(" ", "  "))]
        same.append([{"role": "system", "content": "Be brief."}, *user(text)])
        same.append(user(text) + [{"role": "assistant", "content": "x"}] + user("and then?"))
        assert len({part_of(prompt) for prompt in same}) == 1


def test_another_seed_makes_other_parts():
    assert [part_of(prompt, 1) for prompt in many] != [part_of(prompt, 0) for prompt in many]


def test_the_files_are_disjoint_and_complete(tmp_path, write, capsys):
    rows = [pair(f"question {i % 150}", meta={"row": i}) for i in range(300)]
    assert main(["split", "--data", str(write(*rows)), "--out", str(tmp_path / "out")]) == 0
    found = {name: _read(tmp_path / f"out/{name}.jsonl") for name in parts}
    assert sorted(row["meta"]["row"] for rows in found.values() for row in rows) == list(range(300))
    prompts = [{row["prompt"][0]["content"] for row in rows} for rows in found.values()]
    assert sum(map(len, prompts)) == len(set.union(*prompts)) == 150
    assert re.search(r"oracle.jsonl: \d+ of 300 rows", capsys.readouterr().out)


def test_a_row_without_a_prompt_is_refused(tmp_path, write, capsys):
    path = write(pair(), {"text": "a"})
    assert main(["split", "--data", str(path), "--out", str(tmp_path / "out")]) == 1
    assert "line 2 has no prompt: expected prompt" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def _read(path):
    return [json.loads(line) for line in path.read_text().splitlines()]
