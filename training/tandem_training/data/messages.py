"""Conversations in the form of OpenAI and TRL: lists of {"role", "content"}."""

from typing import Any

Message = dict[str, str]
Text = str | list[Message]
"""A prompt or an answer: a string, or a list of messages. A file has only one of the two forms."""

roles = ("system", "user", "assistant")


def form_of(value: Any) -> str | None:
    """Returns "text" for a string, "messages" for a list of messages, None for anything else."""
    if isinstance(value, str):
        return "text"
    if isinstance(value, list) and value and all(_is_message(entry) for entry in value):
        return "messages"
    return None


def _is_message(value: Any) -> bool:
    return isinstance(value, dict) and value.get("role") in roles and isinstance(value.get("content"), str)


def plain(messages: list[Message]) -> list[Message]:
    """Removes all keys but role and content, which templates could read."""
    return [{"role": message["role"], "content": message["content"]} for message in messages]


def is_empty(value: Text) -> bool:
    """Whether an answer has no text."""
    return not value.strip() if isinstance(value, str) else not value[-1]["content"].strip()
