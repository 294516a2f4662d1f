"""Supervised fine-tuning with TRL. The loss covers only the answers."""

from pathlib import Path

from transformers import AutoModelForCausalLM, PreTrainedTokenizerBase
from trl import SFTConfig, SFTTrainer

from .arguments import Options
from .data.examples import parse_demonstrations
from .examples import Data, dataset_of
from .load import load_weights
from .run import run
from .trainer_arguments import lora_config, trainer_arguments


def train(options: Options) -> None:
    """Trains an SFT model on demonstrations, or on the chosen side of preference pairs."""
    run(options, parse_demonstrations, _build)


def _build(options: Options, data: Data, tokenizer: PreTrainedTokenizerBase, folder: Path) -> SFTTrainer:
    config = SFTConfig(**trainer_arguments(options, folder, len(data.evaluation)), completion_only_loss=True)
    return SFTTrainer(
        model=load_weights(AutoModelForCausalLM, options.model),
        args=config,
        train_dataset=dataset_of(data.train),
        eval_dataset=dataset_of(data.evaluation) if data.evaluation else None,
        processing_class=tokenizer,
        peft_config=lora_config(options, "CAUSAL_LM"),
    )
