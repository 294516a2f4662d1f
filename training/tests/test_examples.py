import re

import pytest
from conftest import assistant, pair, user

from tandem_training.data.examples import parse_demonstrations, parse_pairs
from tandem_training.data.identical import check_identical
from tandem_training.data.read import read_rows
from tandem_training.errors import InputError

text_pair = {"prompt": "Q: a\nA:", "chosen": " b", "rejected": " c"}


def parse(path, how=parse_pairs):
    return how(read_rows(path), path)


def refuses(path, text, how=parse_pairs):
    with pytest.raises(InputError, match=re.escape(text)):
        parse(path, how)


def test_both_forms_are_read(write):
    [chat] = parse(write(pair("q", "a", "b", margin=1, meta={"x": 1})))
    assert (chat.prompt, chat.answers) == (user("q"), {"chosen": assistant("a"), "rejected": assistant("b")})
    [text] = parse(write(text_pair))
    assert (text.prompt, text.answers) == ("Q: a\nA:", {"chosen": " b", "rejected": " c"})


def test_a_prompt_may_be_in_both_conversations(write):
    before = [{"role": "system", "content": "s"}, *user("q"), *assistant("x"), *user("y")]
    [found] = parse(write({"chosen": before + assistant("a"), "rejected": before + assistant("b")}))
    assert (found.prompt, found.answers["chosen"]) == (before, assistant("a"))
    refuses(
        write({"chosen": user("q") + assistant("a"), "rejected": user("r") + assistant("b")}),
        "line 1: prompt is missing, and chosen and rejected differ before their last messages",
    )


def test_mixed_forms_are_refused_with_their_lines(write):
    refuses(write(pair(), text_pair, pair()), "mixes two forms (messages in lines 1, 3, text in line 2)")
    refuses(write(pair() | {"chosen": "a"}), "chosen and rejected have different forms")
    refuses(write(pair() | {"prompt": "a"}), "prompt is text and chosen is messages: expected one form")


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ({"prompt": "a", "chosen": "b"}, "rejected is missing: expected a string, or a list of messages"),
        (text_pair | {"chosen": 3}, "chosen is int that is not text"),
        (text_pair | {"prompt": None}, "prompt is missing: expected prompt, chosen and rejected"),
        (pair() | {"chosen": []}, "chosen is list that is not text"),
        (pair() | {"chosen": [{"role": "robot", "content": "a"}]}, "chosen is list that is not text"),
        (pair() | {"chosen": user("a") + assistant("b")}, "chosen has 2 messages, the first by user: expected only"),
        (pair() | {"prompt": user("a") + assistant("b")}, "prompt ends with a message by assistant"),
        (pair(chosen=" \n"), "chosen is empty: expected an answer"),
    ],
)
def test_a_wrong_row_is_named(write, row, problem):
    refuses(write(pair() if isinstance(row.get("prompt"), list) else text_pair, row), f"line 2: {problem}")


def test_only_five_lines_are_listed(write):
    refuses(write(*[pair(chosen="")] * 8), "lines 1, 2, 3, 4, 5 and 3 more: chosen is empty")


def test_demonstrations_have_three_forms(write):
    row = {"prompt": user("q"), "completion": assistant("a")}
    rows = [row, {"messages": user("q") + assistant("a")}, pair("q", "a")]
    for found in parse(write(*rows), parse_demonstrations):
        assert (found.prompt, found.answers) == (user("q"), {"completion": assistant("a")})
    refuses(write({"messages": user("q")}), "messages is not a conversation", parse_demonstrations)
    refuses(write({"prompt": "q"}), "For SFT, expected prompt and completion", parse_demonstrations)


def test_equal_sides_are_refused_or_dropped_and_counted(write):
    path = write(pair(), pair(chosen="x", rejected="x"))
    pairs = parse(path)
    with pytest.raises(InputError, match=r"line 2: chosen and rejected are equal.*--drop-identical"):
        check_identical(pairs, path, drop=False)
    assert check_identical(pairs, path, drop=True) == (pairs[:1], 1)
    with pytest.raises(InputError, match="equal in all 1 rows"):
        check_identical(pairs[1:], path, drop=True)
