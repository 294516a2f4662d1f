"""Makes a Hugging Face folder from a GGUF file, so that its weights can be trained."""

import argparse
import shutil
from pathlib import Path

import torch
from transformers import AutoModelForCausalLM, GenerationConfig, GgufConfig

from .errors import InputError
from .out_folder import new_folder

texts = ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja")
"""The files of a folder of `tandem build` that are copied. transformers reads a GGUF's tokenizer
differently: for SmolLM2 it splits two line breaks before a digit."""


def run(args: argparse.Namespace) -> None:
    """Writes the folder. It appears when it is complete."""
    for path in (args.gguf, args.built / "tandem.json"):
        if not path.exists():
            raise InputError(f"{path} is missing: expected --gguf FILE and --built FOLDER, the folder that "
                "tandem build wrote from it")
    with new_folder(args.out) as folder:
        _write(args.gguf, args.built, folder)
    print(f"{args.out} is complete")


def _write(gguf: Path, built: Path, out: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(
        gguf.parent,
        gguf_file=gguf.name,
        dtype=torch.float32,
        # Without this, transformers keeps the blocks and cannot save them.
        quantization_config=GgufConfig(dequantize=True),
    )
    # The GGUF's header names these tokens, and Tandem has checked them.
    ends = GenerationConfig.from_pretrained(built)
    for config in (model.config, model.generation_config):
        config.bos_token_id, config.eos_token_id = ends.bos_token_id, ends.eos_token_id
        config.pad_token_id = None
    model.save_pretrained(out)
    for name in texts:
        if (built / name).exists():
            shutil.copyfile(built / name, out / name)
