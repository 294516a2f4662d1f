"""Writes the card of a trained model: README.md for people, training.json for programs."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import Any

from .arguments import Options

titles = {
    "sft": "trained by supervised fine-tuning",
    "dpo": "trained by direct preference optimization (DPO)",
    "reward": "trained as a reward model with the Bradley-Terry loss",
}


def write_card(folder: Path, options: Options, facts: dict[str, Any]) -> None:
    """Writes both files. `facts` has data, results, versions, machine, revision and seconds."""
    record = {
        "command": options.command,
        "preset": options.preset,
        "model": str(options.model),
        "adapter": options.adapter and str(options.adapter),
        "seed": options.seed,
        "split_seed": options.split_seed,
        "recipe": asdict(options.recipe),
        "merged": options.is_merged,
        **facts,
    }
    (folder / "training.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "README.md").write_text(_text(options, facts), encoding="utf-8")


def _text(options: Options, facts: dict[str, Any]) -> str:
    begin = "A LoRA adapter for" if options.writes_adapter else "A whole model from"
    start = f"{begin} `{options.model.name}`, {titles[options.command]}."
    if options.is_merged:
        lora = options.recipe.lora
        start += f" A LoRA adapter (r {lora.r}, alpha {lora.alpha}) was trained and merged into the weights."
    if options.adapter is not None:
        start += f" The training continued the adapter `{options.adapter}`, which was also the reference."
    sections = [
        ("Data", facts["data"]),
        ("Training", _recipe_rows(options) | facts["run"]),
        ("Result", facts["results"]),
        ("Versions", facts["versions"] | {"code": facts["revision"] or "not in a git repository"}),
    ]
    tables = "\n".join(f"## {title}\n\n{_table(rows)}" for title, rows in sections)
    return f"{_front(options)}# {options.out.name}\n\n{start}\n\n{_serving(options)}\n{tables}"


def _front(options: Options) -> str:
    library = "peft" if options.writes_adapter else "transformers"
    base = json.dumps(str(options.model))
    return f"---\nbase_model: {base}\nlibrary_name: {library}\ntags: [{options.command}, trl]\n---\n\n"


def _serving(options: Options) -> str:
    command = {
        "sft": "npx tandem up --sft THIS --dpo ...",
        "dpo": f"npx tandem up --sft {options.model} --dpo THIS",
        "reward": "npx tandem up --sft ... --dpo ... --reward NAME=THIS",
    }[options.command]
    if options.writes_adapter and options.command == "reward":
        return (
            "To serve it, name it in tandem.yaml, with its base if that is not the SFT model of the pair:\n\n"
            "```yaml\nrewards:\n"
            f"  NAME: {{ source: THIS, base: {options.model} }}\n```\n"
        )
    return f"To serve it, with `THIS` for this folder:\n\n```sh\n{command}\n```\n"


def _recipe_rows(options: Options) -> dict[str, Any]:
    recipe = options.recipe
    rows: dict[str, Any] = {
        "preset": options.preset,
        "optimizer": f"AdamW, learning rate {recipe.learning_rate:g}, {recipe.scheduler} decay, "
        f"warm-up {recipe.warmup:g}, weight decay {recipe.weight_decay:g}, gradients clipped at 1",
        "batch": f"{recipe.batch_size} rows of at most {recipe.max_length} tokens",
        "weights": "all"
        if recipe.lora is None
        else "LoRA r {r}, alpha {alpha}, dropout {dropout} on {targets}".format(
            **asdict(recipe.lora) | {"targets": ", ".join(recipe.lora.targets)}
        )
        + (", merged into the weights" if options.is_merged else ""),
        "seed": options.seed,
    }
    return rows | ({"beta": recipe.beta} if recipe.beta is not None else {})


def _table(rows: dict[str, Any]) -> str:
    return "| | |\n|---|---|\n" + "".join(f"| {name} | {_shown(value)} |\n" for name, value in rows.items())


def _shown(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def standard_error(share: float, count: int) -> float:
    """Returns the standard error of a share of `count` independent rows."""
    return math.sqrt(share * (1 - share) / count)
