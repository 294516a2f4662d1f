"""Supervised fine-tuning with TRL. The loss covers only the answers."""

from pathlib import Path

from transformers import AutoModelForCausalLM, PreTrainedModel, PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from .arguments import Options
from .data.examples import parse_demonstrations
from .errors import InputError
from .examples import Data, dataset_of
from .load import load_weights
from .recipes import Lora
from .run import run
from .trainer_arguments import lora_config, trainer_arguments


def train(options: Options) -> None:
    """Trains an SFT model on demonstrations, or on the chosen side of preference pairs."""
    run(options, parse_demonstrations, _build)


def _build(options: Options, data: Data, tokenizer: PreTrainedTokenizerBase, folder: Path) -> SFTTrainer:
    config = SFTConfig(**trainer_arguments(options, folder, len(data.evaluation)), completion_only_loss=True)
    model = load_weights(AutoModelForCausalLM, options.model)
    if options.recipe.lora is not None:
        _check_mergeable(model, options.recipe.lora)
    return SFTTrainer(
        model=model,
        args=config,
        train_dataset=dataset_of(data.train),
        eval_dataset=dataset_of(data.evaluation) if data.evaluation else None,
        processing_class=tokenizer,
        peft_config=lora_config(options, "CAUSAL_LM"),
    )


def _check_mergeable(model: PreTrainedModel, lora: Lora) -> None:
    """Raises InputError if the adapter would change one of two layers that share their weights."""
    embeddings = (model.get_input_embeddings(), model.get_output_embeddings())
    shared = {name.rpartition(".")[2] for name, part in model.named_modules() if part in embeddings}
    found = [name for name in lora.targets if name.rpartition(".")[2] in shared]
    if model.config.tie_word_embeddings and found:
        raise InputError(
            f"--lora-targets has {', '.join(found)}, and in this model {' and '.join(sorted(shared))} share their "
            "weights: expected other layers, because a merged adapter would change both. Leave out "
            f"{', '.join(found)}, or give --full"
        )
