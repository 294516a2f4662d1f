"""The progress bar: steps, time left, loss and accuracy on one line."""

import sys

from tqdm import tqdm
from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments

from .results import figure_of


class ProgressBar(TrainerCallback):
    """Shows the training and the evaluation on stderr."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.bar: tqdm | None = None
        self.step = 0

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_) -> None:
        if state.is_world_process_zero:
            self.bar = _bar(self.title, state.max_steps, "step")

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_) -> None:
        if self.bar is not None:
            self.bar.update(state.global_step - self.step)
            self.step = state.global_step

    def on_log(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs=None, **_) -> None:
        found = {name: figure_of(logs or {}, name) for name in ("loss", "accuracy")}
        values = {name: f"{value:.4g}" for name, value in found.items() if value is not None}
        if self.bar is not None and values:
            self.bar.set_postfix(values)

    def on_train_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_) -> None:
        self._close()

    def on_prediction_step(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, eval_dataloader=None, **_
    ) -> None:
        if state.is_world_process_zero:
            self.bar = self.bar or _bar("evaluation", len(eval_dataloader), "batch")
            self.bar.update(1)

    def on_evaluate(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_) -> None:
        self._close()

    def _close(self) -> None:
        if self.bar is not None:
            self.bar.close()
        self.bar = None


def _bar(title: str, total: int, unit: str) -> tqdm:
    return tqdm(total=total, desc=title, unit=unit, file=sys.stderr, dynamic_ncols=True)
