"""Loads the tokenizer of a model folder and checks the folder before anything is trained."""

import json
from pathlib import Path
from typing import Any

import torch
from transformers import AutoTokenizer, GenerationConfig, PreTrainedModel, PreTrainedTokenizerBase
from transformers.utils import logging

from .data.messages import Text
from .data.tokens import Tokens
from .errors import InputError
from .recipes import Lora


def check_model(folder: Path) -> None:
    """Raises InputError if the folder is no Hugging Face checkpoint."""
    if (folder / "adapter_config.json").exists():
        raise InputError(
            f"{folder} is a LoRA adapter: expected a whole model. Give the base as --model"
            " (dpo continues an adapter with --adapter), or merge the adapter with PEFT"
        )
    if (folder / "tandem.json").exists():
        raise InputError(
            f"{folder} was built by tandem and has no weights to train: expected a Hugging Face folder. "
            "Give the source that it was built from. A GGUF file becomes a folder with `tandem-train base`"
        )
    if not (folder / "config.json").exists():
        raise InputError(f"{folder} has no config.json: expected a Hugging Face folder with safetensors")


def load_tokenizer(folder: Path, is_chat: bool) -> PreTrainedTokenizerBase:
    """Loads the tokenizer.

    Raises InputError if it has no end token, or no chat template although the data are messages.
    """
    tokenizer = AutoTokenizer.from_pretrained(folder)
    if tokenizer.eos_token_id is None:
        raise InputError(f"the tokenizer of {folder} has no eos_token: name one in its tokenizer_config.json")
    if is_chat and tokenizer.chat_template is None:
        raise InputError(
            f"{folder} has no chat template, and the rows are messages: put a chat_template.jinja into the folder, "
            "or write rows of strings in your own format"
        )
    return tokenizer


def load_weights(kind: Any, folder: Path, new: tuple[str, ...] = (), **options: Any) -> PreTrainedModel:
    """Loads a model in float32. `new` names the weights that the training starts at random.

    Raises InputError if other weights are missing, which transformers would draw at random too.
    """
    # The report of missing weights is replaced by the error below.
    logging.set_verbosity_error()
    model, found = kind.from_pretrained(folder, dtype=torch.float32, output_loading_info=True, **options)
    missing = sorted(set(found["missing_keys"]) - set(new))
    if missing:
        raise InputError(
            f"{folder} lacks {len(missing)} weights, the first {missing[0]}: expected a complete checkpoint of "
            f"{type(model).__name__}"
        )
    return model


def tokens_of(tokenizer: PreTrainedTokenizerBase, folder: Path) -> Tokens:
    """Returns what the checks need. It tokenises as TRL does."""

    def encode(text: Text, opens_answer: bool) -> list[int]:
        if isinstance(text, str):
            return tokenizer(text=text)["input_ids"]
        return tokenizer.apply_chat_template(text, tokenize=True, return_dict=True, add_generation_prompt=opens_answer)[
            "input_ids"
        ]

    return Tokens(encode, tokenizer.bos_token_id, frozenset(_end_ids(folder)) | {tokenizer.eos_token_id})


def _end_ids(folder: Path) -> list[int]:
    if not (folder / "generation_config.json").exists():
        return []
    ids = GenerationConfig.from_pretrained(folder).eos_token_id
    return ids if isinstance(ids, list) else [] if ids is None else [ids]


def read_adapter(folder: Path, model: Path) -> Lora:
    """Returns the size of an adapter that the training continues.

    Raises InputError if the folder is no adapter, or one for another model.
    """
    path = folder / "adapter_config.json"
    if not path.exists():
        raise InputError(f"{folder} has no adapter_config.json: expected a LoRA adapter")
    config = json.loads(path.read_text(encoding="utf-8"))
    base = config.get("base_model_name_or_path") or ""
    if Path(base).name.lower() != model.resolve().name.lower():
        raise InputError(
            f"{folder} is an adapter of {base or 'an unnamed model'}, and --model is {model}: expected its base. "
            "If these are the same weights, change base_model_name_or_path in its adapter_config.json"
        )
    targets = config["target_modules"]
    shown = (targets,) if isinstance(targets, str) else tuple(sorted(targets))
    return Lora(config["r"], config["lora_alpha"], config["lora_dropout"], shown)
