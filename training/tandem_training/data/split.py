"""Assigns each prompt to one part of the data by its hash.

The paper's roles: the oracle judges and must not share data with the models that it judges. So a
prompt belongs to the same part in every file and every run, whatever rows stand next to it.
"""

import hashlib
import json

from .messages import Text

parts = ("picker", "oracle", "evaluation")
"""picker: 10% of the training prompts, for the DPO model and the picker. oracle: the other 90%.
evaluation: 10% of all prompts, in neither."""

held_out_share = 0.1
picker_share = 0.1


def part_of(prompt: Text, seed: int = 0) -> str:
    """Returns the part of a prompt. Prompts that begin with the same user message share a part.

    Case and white space are ignored, so that near copies of a prompt cannot be on both sides.
    """
    key = _key(prompt)
    if _fraction(f"evaluation:{seed}:{key}") < held_out_share:
        return "evaluation"
    return "picker" if _fraction(f"picker:{seed}:{key}") < picker_share else "oracle"


def _key(prompt: Text) -> str:
    if isinstance(prompt, str):
        text = prompt
    else:
        text = next((message["content"] for message in prompt if message["role"] == "user"), json.dumps(prompt))
    return " ".join(text.lower().split())


def _fraction(text: str) -> float:
    digest = hashlib.sha256(text.encode()).digest()
    return int.from_bytes(digest[:8], "big") / 2**64
