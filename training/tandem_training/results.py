"""Reads the figures of a run from the log of its trainer."""

from typing import Any

from .card import standard_error

figures = {
    "loss": ("loss",),
    # DPOTrainer also logs the accuracy of tokens, which says nothing about preferences.
    "accuracy": ("rewards/accuracies", "accuracy", "mean_token_accuracy"),
    "margin": ("rewards/margins", "margin"),
}
"""What is shown, and the names that TRL's trainers give it. The first name that exists is used."""


def figure_of(logs: dict[str, Any], name: str, prefix: str = "") -> float | None:
    """Returns a figure of one log entry, or None if the entry lacks it."""
    return next((logs[prefix + key] for key in figures[name] if prefix + key in logs), None)


def summarize(history: list[dict[str, Any]], evaluation: dict[str, float], rows: int, is_pairs: bool) -> dict:
    """Returns the rows of the card's result: first and last tenth of the steps, and unseen rows."""
    steps = [entry for entry in history if "loss" in entry]
    tenth = max(1, len(steps) // 10)
    results: dict[str, Any] = {}
    for name in figures:
        values = [value for entry in steps if (value := figure_of(entry, name)) is not None]
        if values:
            results[f"{name}, first {_steps(tenth)}"] = _mean(values[:tenth])
            results[f"{name}, last {_steps(tenth)}"] = _mean(values[-tenth:])
    for name in figures:
        value = figure_of(evaluation, name, "eval_")
        if value is not None:
            has_error = name == "accuracy" and is_pairs
            error = f" (standard error {standard_error(value, rows):.2g})" if has_error else ""
            results[f"{name} on {rows} unseen rows"] = f"{value:.4g}{error}"
    return results


def _steps(count: int) -> str:
    return "step" if count == 1 else f"{count} steps"


def _mean(values: list[float]) -> float:
    return sum(values) / len(values)
