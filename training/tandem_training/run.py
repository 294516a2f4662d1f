"""Runs a training command from its options to the finished folder."""

import math
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from transformers import PreTrainedTokenizerBase, PrinterCallback, Trainer, set_seed
from transformers.utils import logging

from .arguments import Options
from .card import write_card
from .errors import InputError
from .examples import Data, Parse, check_data, read_data
from .facts import machine, revision, versions
from .load import check_model, load_tokenizer, tokens_of
from .out_folder import check_new, new_folder
from .progress import ProgressBar
from .results import summarize
from .trainer_arguments import check_devices, is_bf16

Build = Callable[[Options, Data, PreTrainedTokenizerBase, Path], Trainer]
"""Makes the trainer. The folder is where it may write."""


def run(options: Options, parse: Parse, build: Build) -> None:
    """Trains, measures and saves. The folder appears when it is complete."""
    _quieten()
    check_new(options.out)
    check_devices()
    check_model(options.model)
    data = read_data(options, parse)
    tokenizer = load_tokenizer(options.model, data.is_chat)
    data = check_data(data, tokens_of(tokenizer, options.model), options)
    _say(f"{len(data.train)} rows to train on, {len(data.evaluation)} to measure")
    with new_folder(options.out) as folder:
        facts = _train(options, data, tokenizer, build, folder)
        write_card(folder, options, facts)
    _say(f"{options.out} is complete after {facts['run']['time']} of training. Its README.md has the figures")


def _train(options: Options, data: Data, tokenizer: PreTrainedTokenizerBase, build: Build, folder: Path) -> dict:
    set_seed(options.seed)
    trainer = build(options, data, tokenizer, folder)
    trainer.remove_callback(PrinterCallback)
    trainer.add_callback(ProgressBar(options.command))
    # Before the training: a checkout may move on meanwhile.
    code = revision()
    start = time.monotonic()
    trainer.train()
    seconds = time.monotonic() - start
    evaluation = trainer.evaluate() if data.evaluation else {}
    history = trainer.state.log_history
    _refuse_nan(history)
    _save(trainer, tokenizer, options, folder)
    is_pairs = options.command != "sft"
    return {
        "data": data.counts,
        "run": {
            "steps": trainer.state.global_step,
            "epochs": round(trainer.state.epoch, 3),
            "precision": "bfloat16 products, float32 weights" if is_bf16(options) else "float32",
            "machine": machine(),
            "time": f"{seconds:.0f} s",
        },
        "results": summarize(history, evaluation, len(data.evaluation), is_pairs),
        "versions": versions(),
        "revision": code,
        "history": [entry for entry in history if "loss" in entry],
        "evaluation": evaluation,
    }


def _save(trainer: Trainer, tokenizer: PreTrainedTokenizerBase, options: Options, folder: Path) -> None:
    model: Any = trainer.accelerator.unwrap_model(trainer.model)
    model.config.use_cache = True
    if options.is_merged:
        model = model.merge_and_unload()
    if not options.writes_adapter:
        model.save_pretrained(folder)
    else:
        # The absolute path lets `tandem up --dpo FOLDER` find the base.
        model.peft_config["default"].base_model_name_or_path = str(options.model.resolve())
        # TRL adds a second adapter if the training continues one: the frozen reference.
        model.save_pretrained(folder, selected_adapters=["default"])
    tokenizer.save_pretrained(folder)


def _refuse_nan(history: list[dict[str, Any]]) -> None:
    for entry in history:
        if "loss" in entry and not math.isfinite(entry["loss"]):
            raise InputError(
                f"the loss is {entry['loss']} at step {entry.get('step')}: nothing was saved. "
                "Give a smaller --learning-rate, or --precision fp32"
            )


def _quieten() -> None:
    """Hides bars, and warnings that no user can act on: names that transformers deprecates."""
    logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)
