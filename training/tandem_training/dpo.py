"""Direct preference optimization with TRL."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
from peft import PeftModel
from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase
from trl import DPOConfig, DPOTrainer

from .arguments import Options
from .data.examples import parse_pairs
from .examples import Data, dataset_of
from .load import load_weights, read_adapter
from .run import run
from .trainer_arguments import keeps_dropout, lora_config, trainer_arguments


def train(options: Options) -> None:
    """Trains a DPO model. The reference is the model as it is when the training begins."""
    if options.adapter is not None:
        lora = read_adapter(options.adapter, options.model)
        options = replace(options, recipe=replace(options.recipe, lora=lora))
    run(options, parse_pairs, _build)


def _build(options: Options, data: Data, tokenizer: PreTrainedTokenizerBase, folder: Path) -> DPOTrainer:
    config = DPOConfig(
        **trainer_arguments(options, folder, len(data.evaluation)),
        beta=options.recipe.beta,
        disable_dropout=not keeps_dropout(options),
    )
    model: Any = load_weights(AutoModelForCausalLM, options.model)
    peft_config = lora_config(options, "CAUSAL_LM")
    if options.adapter is not None:
        # With an adapter in the model, TRL keeps a frozen copy of it as the reference.
        model, peft_config = PeftModel.from_pretrained(model, options.adapter, is_trainable=True), None
    trainer = DPOTrainer(
        model=model,
        args=config,
        train_dataset=dataset_of(data.train),
        eval_dataset=dataset_of(data.evaluation) if data.evaluation else None,
        processing_class=tokenizer,
        peft_config=peft_config,
    )
    silence_reference(trainer.model)
    return trainer


def silence_reference(model: torch.nn.Module) -> None:
    """Switches off the dropout of the frozen copy, so that the reference is exact."""
    for name, module in model.named_modules():
        if name.endswith("lora_dropout.ref"):
            module.p = 0.0
