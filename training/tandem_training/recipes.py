"""Hyper-parameters. The preset `paper` has those of the paper's appendix A.3."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Lora:
    """The size of a LoRA adapter."""

    r: int = 64
    alpha: int = 128
    dropout: float = 0.05
    targets: tuple[str, ...] = ("q_proj", "k_proj", "v_proj")


@dataclass(frozen=True)
class Recipe:
    """How a model is trained. The optimizer is AdamW, gradients are clipped at 1."""

    learning_rate: float
    batch_size: int
    epochs: float
    warmup: float
    """The share of the steps in which the learning rate rises."""
    weight_decay: float
    scheduler: str
    max_length: int
    """In tokens, prompt and answer together. Longer rows are dropped and counted."""
    lora: Lora | None
    """None: full fine-tuning."""
    beta: float | None = None


adapters: dict[str, Lora] = {"paper": Lora(), "cpu": Lora(r=16, alpha=32)}
"""The sizes of an adapter, by preset."""

recipes: dict[str, dict[str, Recipe]] = {
    "dpo": {
        "paper": Recipe(1e-6, 32, 2, 0.1, 0.1, "linear", 1024, adapters["paper"], beta=0.1),
        "cpu": Recipe(1e-4, 16, 1, 0.1, 0.0, "linear", 256, adapters["cpu"], beta=0.1),
    },
    "reward": {
        "paper": Recipe(5e-6, 64, 2, 0.0, 0.0, "linear", 1024, None),
        # All weights: an adapter at 1e-4 had learnt nothing after 25 steps (accuracy 0.52).
        "cpu": Recipe(5e-5, 16, 1, 0.1, 0.0, "linear", 256, None),
    },
    # The paper follows RLHF Workflow (Dong et al. 2024) and names no values of its own.
    "sft": {
        "paper": Recipe(2e-5, 32, 1, 0.03, 0.0, "cosine", 1024, None),
        "cpu": Recipe(2e-4, 16, 1, 0.1, 0.0, "linear", 256, adapters["cpu"]),
    },
}
"""By command and preset. `cpu` is for models of about 135M parameters and some thousand rows: a
larger learning rate, one epoch, short rows, and a smaller adapter if there is one."""
