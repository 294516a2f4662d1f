"""Turns options into the arguments of TRL's trainers."""

import os
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig

from .arguments import Options
from .errors import InputError


def check_devices() -> None:
    """Raises InputError if several devices would compute.

    Each would take a batch of its own, so the batch size would not be the given one.
    """
    gpus, processes = torch.cuda.device_count(), int(os.environ.get("WORLD_SIZE", "1"))
    if gpus > 1 or processes > 1:
        raise InputError(
            f"{gpus} GPUs and {processes} processes were found: expected one process and at most one GPU. "
            "Set CUDA_VISIBLE_DEVICES=0, and start the command without a launcher"
        )


def is_bf16(options: Options) -> bool:
    """Whether the matrix products run in bfloat16. The weights are float32 in any case."""
    if options.precision == "auto":
        return torch.cuda.is_available() and torch.cuda.is_bf16_supported()
    return options.precision == "bf16"


def trainer_arguments(options: Options, folder: Path, evaluation_rows: int) -> dict[str, Any]:
    """Returns the arguments that all three configs of TRL share."""
    recipe, on_cpu = options.recipe, not torch.cuda.is_available()
    return dict(
        output_dir=str(folder),
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.scheduler,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        max_grad_norm=1.0,
        num_train_epochs=recipe.epochs,
        max_steps=options.max_steps,
        per_device_train_batch_size=options.micro_batch,
        gradient_accumulation_steps=recipe.batch_size // options.micro_batch,
        per_device_eval_batch_size=_even_batch(evaluation_rows),
        max_length=recipe.max_length,
        bf16=is_bf16(options),
        use_cpu=on_cpu,
        dataloader_pin_memory=not on_cpu,
        gradient_checkpointing=not on_cpu,
        seed=options.seed,
        logging_steps=1,
        disable_tqdm=True,
        save_strategy="no",
        report_to="none",
    )


def _even_batch(rows: int) -> int:
    """The largest batch up to 16 that divides the rows.

    TRL averages accuracy over batches. If all batches have one size, this is the average of rows.
    """
    return next(size for size in range(min(16, max(1, rows)), 0, -1) if rows % size == 0)


def lora_config(options: Options, task: str) -> LoraConfig | None:
    """Returns the adapter to create, or None for full fine-tuning."""
    lora = options.recipe.lora
    if lora is None:
        return None
    return LoraConfig(
        task_type=task,
        r=lora.r,
        lora_alpha=lora.alpha,
        lora_dropout=lora.dropout,
        target_modules=list(lora.targets),
        modules_to_save=["score"] if task == "SEQ_CLS" else None,
    )


def keeps_dropout(options: Options) -> bool:
    """Whether TRL must leave dropout on. By default it sets LoRA's dropout to 0 too."""
    return options.recipe.lora is not None and options.recipe.lora.dropout > 0
