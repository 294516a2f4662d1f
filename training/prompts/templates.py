"""The questions that prompts ask about a topic, by kind."""

from dataclasses import dataclass

import topics


@dataclass(frozen=True)
class Kind:
    """Prompts of one kind: each topic is put into `count` of the templates."""

    name: str
    topics: str
    count: int
    templates: tuple[str, ...]


KINDS = (
    Kind(
        "how-to",
        topics.HOW_TO,
        4,
        (
            "How do I {}?",
            "I want to {}. Where do I start?",
            "What is the best way to {}?",
            "Explain step by step how to {}.",
            "I have never tried to {}. What should I know?",
            "Give me one tip to {}.",
        ),
    ),
    Kind(
        "why",
        topics.WHY,
        3,
        (
            "Why is it that {}?",
            "Can you explain why {}?",
            "My son asks why {}. What do I tell him?",
            "Explain in simple words why {}.",
        ),
    ),
    Kind(
        "explain",
        topics.EXPLAIN,
        3,
        (
            "Please explain {} to a child.",
            "I never understood {}. Please help me.",
            "Tell me something interesting about {}.",
            "What should everybody know about {}?",
        ),
    ),
    Kind(
        "list",
        topics.LIST,
        2,
        ("List five {}.", "Name three {}.", "Give me some {}.", "What are good examples of {}?"),
    ),
    Kind(
        "poem",
        topics.SUBJECTS,
        2,
        ("Write a short poem about {}.", "Write a haiku about {}.", "Write four lines about {}."),
    ),
    Kind(
        "story",
        topics.SUBJECTS,
        2,
        (
            "Tell me a short story about {}.",
            "Write the first sentence of a novel about {}.",
            "Write a bedtime story about {}.",
        ),
    ),
    Kind(
        "joke",
        topics.JOKES,
        2,
        ("Tell me a joke about {}.", "Do you know a funny story about {}?", "Make me laugh about {}."),
    ),
    Kind("email", topics.EMAILS, 2, ("Write an email that {}.", "Write a short message that {}.")),
    Kind("code", topics.CODE, 2, ("Write a Python function that {}.", "How would you write a program that {}?")),
    Kind("opinion", topics.OPINIONS, 2, ("What do you think about {}?", "Give me one argument about {}.")),
)
CAPITALS = ("What is the capital of {}?", "Which city is the capital of {}?", "Name the capital of {}.")
OPPOSITES = ("What is the opposite of {}?", "Give me a word that means the opposite of {}.")
