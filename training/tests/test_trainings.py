"""Trains tiny models. These tests take a minute or two; `-m "not slow"` leaves them out."""

import json
import sys
from pathlib import Path

import pytest
import torch
from conftest import assistant, pair, tiny, user
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file
from torch.nn import Dropout
from transformers import AutoModelForCausalLM, AutoTokenizer

from tandem_training.__main__ import main
from tandem_training.dpo import silence_reference

pytestmark = pytest.mark.slow
quick = ["--batch-size", "4", "--max-length", "200", "--max-steps", "2", "--warmup", "0", "--learning-rate", "1e-3"]
pairs = [pair(f"question {i}", f"yes {i} it is", f"no {i}", margin=5) for i in range(40)]


def train(*args):
    return main([str(arg) for arg in args])


def record(folder):
    return json.loads((folder / "training.json").read_text())


def losses(folder):
    return [step["loss"] for step in record(folder)["history"]]


def test_dpo_begins_at_the_reference_and_repeats_exactly(tmp_path, write):
    for name in ("a", "b"):
        assert train("dpo", "--model", tiny, "--data", write(*pairs), "--out", tmp_path / name, *quick) == 0
    first, second = losses(tmp_path / "a")
    # Policy and reference are equal before the first step, so the loss is log 2.
    assert first == pytest.approx(0.693147, abs=1e-5)
    assert second != pytest.approx(first, abs=1e-4)
    one, two = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("a", "b"))
    assert all(torch.equal(one[key], two[key]) for key in one)
    assert (tmp_path / "a/adapter_config.json").read_text() == (tmp_path / "b/adapter_config.json").read_text()


def test_a_continued_adapter_is_its_own_reference(tmp_path, write):
    begin = ["dpo", "--model", tiny, "--data", write(*pairs), *quick]
    # Without dropout the first loss is exactly that of equal models.
    assert train(*begin, "--out", tmp_path / "a", "--lora-dropout", "0") == 0
    assert train(*begin, "--out", tmp_path / "b", "--adapter", tmp_path / "a") == 0
    assert losses(tmp_path / "b")[0] == pytest.approx(0.693147, abs=1e-5)
    # A reference that is the base would begin elsewhere, and a saved copy of it would be a second
    # adapter.
    assert sorted(path.name for path in (tmp_path / "b").iterdir() if path.is_dir()) == []
    one, two = (load_file(tmp_path / name / "adapter_model.safetensors") for name in ("a", "b"))
    assert one.keys() == two.keys() and any(not torch.equal(one[key], two[key]) for key in one)


def test_the_reference_of_a_continued_adapter_has_no_dropout():
    config = LoraConfig(task_type="CAUSAL_LM", lora_dropout=0.05, target_modules=["q_proj"])
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(tiny), config)
    model.add_adapter("ref", config)
    silence_reference(model)
    rates = {name.rpartition(".")[2]: part.p for name, part in model.named_modules() if isinstance(part, Dropout)}
    assert rates == {"default": 0.05, "ref": 0.0}


def test_a_reward_model_ignores_margins_and_measures_unseen_prompts(tmp_path, write):
    plain = write(*[{key: row[key] for key in ("prompt", "chosen", "rejected")} for row in pairs], name="plain.jsonl")
    for name, data in (("a", write(*pairs)), ("b", plain)):
        args = ["reward", "--model", tiny, "--data", data, "--part", "oracle", "--out", tmp_path / name, *quick]
        assert train(*args) == 0
    assert losses(tmp_path / "a") == losses(tmp_path / "b")
    found = record(tmp_path / "a")
    counts = found["data"]
    assert counts["rows"] == 40 and counts["rows to train on"] + counts["measured on"] < 40
    assert f"accuracy on {counts['measured on']} unseen rows" in found["results"]


def test_sft_lowers_the_loss_of_the_answers(tmp_path, write):
    same = [pair(f"question {i}", "yes it is", "no") for i in range(8)]
    args = ["sft", "--model", tiny, "--data", write(*same), "--out", tmp_path / "a", *quick, "--max-steps", 8]
    assert train(*args) == 0
    assert losses(tmp_path / "a")[-1] < losses(tmp_path / "a")[0] - 0.5


def test_sft_merges_its_adapter_and_dpo_starts_from_the_model(tmp_path, write):
    sft, eval_data = tmp_path / "sft", write(pair("unseen", "yes it is"), name="eval.jsonl")
    begin = ["sft", "--model", tiny, "--data", write(*pairs), "--preset", "cpu", "--eval-data", eval_data]
    assert train(*begin, "--out", sft, *quick, "--lora-r", 2, "--learning-rate", "3e-2") == 0
    # The figures of the card are those of the saved weights.
    [figure] = [value for name, value in record(sft)["results"].items() if name == "loss on 1 unseen rows"]
    assert float(figure) == pytest.approx(loss_of(sft, "unseen", "yes it is"), rel=1e-3)
    assert float(figure) != pytest.approx(loss_of(tiny, "unseen", "yes it is"), rel=1e-2)
    one, two = load_file(tiny / "model.safetensors"), load_file(sft / "model.safetensors")
    assert one.keys() == two.keys() and {weights.dtype for weights in two.values()} == {torch.float32}
    ranks = {key: int(torch.linalg.matrix_rank(two[key] - one[key], rtol=1e-3)) for key in one if "norm" not in key}
    assert {key: rank for key, rank in ranks.items() if rank} == {
        f"model.layers.{i}.self_attn.{name}_proj.weight": 2 for i in range(3) for name in "qkv"
    }
    assert {path.name for path in sft.iterdir()} >= {"config.json", "tokenizer.json", "chat_template.jinja"}
    assert not list(sft.glob("adapter*"))
    card = (sft / "README.md").read_text()
    assert "A whole model from `llama-tied`" in card and "library_name: transformers" in card
    assert "A LoRA adapter (r 2, alpha 32) was trained and merged into the weights." in card
    assert train("dpo", "--model", sft, "--data", write(*pairs), "--out", tmp_path / "dpo", *quick) == 0
    assert losses(tmp_path / "dpo")[0] == pytest.approx(0.693147, abs=1e-5)


def loss_of(folder, prompt, answer):
    """The loss of an answer, computed with transformers only."""
    tokenizer, model = AutoTokenizer.from_pretrained(folder), AutoModelForCausalLM.from_pretrained(folder)
    prompt_ids = tokenizer.apply_chat_template(user(prompt), add_generation_prompt=True)["input_ids"]
    ids = tokenizer.apply_chat_template(user(prompt) + assistant(answer))["input_ids"]
    labels = [-100] * len(prompt_ids) + ids[len(prompt_ids) :]
    with torch.no_grad():
        return model(torch.tensor([ids]), labels=torch.tensor([labels])).loss.item()


def test_sft_refuses_an_adapter_that_cannot_be_merged(tmp_path, write, capsys):
    args = ["sft", "--model", tiny, "--data", write(*pairs), "--lora", "--lora-targets", "q_proj,lm_head"]
    assert train(*args, "--out", tmp_path / "a", *quick) == 1
    assert "--lora-targets has lm_head, and in this model embed_tokens and lm_head share" in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_iterate_makes_all_rounds_and_continues(tmp_path, write, capfd):
    out = tmp_path / "rounds"
    fake = f"{sys.executable} {Path(__file__).with_name('fake_synthesize.py')}"
    args = ["iterate", "--model", tiny, "--data", write(*pairs[:4]), "--out", out, "--synthesize", fake, *quick]
    for name in ("1", "2"):
        assert train(*args) == 1
        assert f"the synthesis of round {name} ended with exit code 1" in capfd.readouterr().err
    assert train(*args) == 0
    calls = [json.loads(line) for line in (out / "calls.jsonl").read_text().splitlines()]
    # Each round failed once, and round 0 was trained only once.
    dpo = {"round-0": None, "round-1": str(out / "pairs-1.jsonl")}
    assert [(Path(call["dpo"]).name, call["rejected_from"]) for call in calls] == [
        item for item in dpo.items() for _ in "12"
    ]
    data = {name: record(out / f"round-{name}")["data"]["file"] for name in ("1", "1-prime", "2")}
    assert {name: Path(path).name for name, path in data.items()} == {
        "1": "pairs-1.jsonl",
        "1-prime": "pairs-1.jsonl",
        "2": "pairs-2.jsonl",
    }
    names = [f"pairs-{round}.jsonl{end}" for round in "12" for end in ("", ".manifest.json")]
    assert sorted(path.name for path in out.glob("pairs-*")) == names
    assert record(out / "round-1-prime")["adapter"] == str(out / "round-0")
    assert record(out / "round-2")["adapter"] is None
    assert train(*args, "--beta", "0.5") == 1
    assert "was started with other values of dpo" in capfd.readouterr().err
