"""Reward models with TRL: a sequence classifier with one label and the Bradley-Terry loss."""

from pathlib import Path

from transformers import AutoModelForSequenceClassification, PretrainedConfig, PreTrainedTokenizerBase
from trl import RewardConfig, RewardTrainer

from .arguments import Options
from .data.examples import parse_pairs
from .examples import Data, dataset_of
from .load import load_weights
from .run import run
from .trainer_arguments import keeps_dropout, lora_config, trainer_arguments


def train(options: Options) -> None:
    """Trains a reward model on a part of the pairs and measures it on unseen prompts."""
    run(options, parse_pairs, _build)


def _build(options: Options, data: Data, tokenizer: PreTrainedTokenizerBase, folder: Path) -> RewardTrainer:
    config = RewardConfig(
        **trainer_arguments(options, folder, len(data.evaluation)),
        disable_dropout=not keeps_dropout(options),
    )
    model = load_weights(AutoModelForSequenceClassification, options.model, ("score.weight",), num_labels=1)
    tokenizer.pad_token = padding_token(tokenizer, model.config)
    return RewardTrainer(
        model=model,
        args=config,
        train_dataset=dataset_of(data.train),
        eval_dataset=dataset_of(data.evaluation) if data.evaluation else None,
        processing_class=tokenizer,
        peft_config=lora_config(options, "SEQ_CLS"),
    )


def padding_token(tokenizer: PreTrainedTokenizerBase, config: PretrainedConfig) -> str:
    """Chooses the token that fills batches.

    transformers scores the last token that is no padding. If the padding is the end token, this is
    the token before the end, but only if the config names the padding. An adapter is served with
    the config of its base, so a padding that the base does not name must not be the end token.
    """
    if config.pad_token_id is not None:
        return tokenizer.convert_ids_to_tokens(config.pad_token_id)
    candidates = (tokenizer.pad_token, tokenizer.unk_token, tokenizer.bos_token)
    return next((token for token in candidates if token not in (None, tokenizer.eos_token)), tokenizer.eos_token)
