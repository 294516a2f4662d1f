"""The error that ends a command with a message for its user."""


class InputError(Exception):
    """Says what was found, what was expected and what to do. It is printed without a stack."""


def lines_of(numbers: list[int], shown: int = 5) -> str:
    """Returns "line 3" or "lines 3, 7, 9, 12, 14 and 20 more"."""
    if len(numbers) == 1:
        return f"line {numbers[0]}"
    text = "lines " + ", ".join(str(number) for number in numbers[:shown])
    return text if len(numbers) <= shown else f"{text} and {len(numbers) - shown} more"
