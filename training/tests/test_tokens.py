import re
from pathlib import Path

import pytest
from conftest import pair, tiny

from tandem_training.data.examples import parse_pairs
from tandem_training.data.read import Row
from tandem_training.data.tokens import check_tokens
from tandem_training.errors import InputError
from tandem_training.load import load_tokenizer, tokens_of

path = Path("pairs.jsonl")


@pytest.fixture
def tokenizer():
    return load_tokenizer(tiny, is_chat=True)


def check(tokenizer, *rows, max_length=200):
    examples = parse_pairs([Row(i, row) for i, row in enumerate(rows, 1)], path)
    return check_tokens(examples, tokens_of(tokenizer, tiny), max_length, path)


def refuses(tokenizer, text, *rows, **options):
    with pytest.raises(InputError, match=re.escape(text)):
        check(tokenizer, *rows, **options)


def test_lengths_are_those_of_the_longer_side(tokenizer):
    rows = [pair("a", "b", "b c d e f g h"), pair("a", "b", "c"), pair("a", "c", "b")]
    chats = [tokenizer.apply_chat_template(row["prompt"] + row["rejected"], return_dict=True) for row in rows]
    lengths = [len(chat["input_ids"]) for chat in chats]
    found = check(tokenizer, *rows)
    assert (found.median, found.longest, found.dropped) == (lengths[1], lengths[0], {})


def test_long_rows_are_dropped_and_counted(tokenizer):
    limit = check(tokenizer, pair("a", "b", "c")).longest
    found = check(tokenizer, pair("a", "b", "c"), pair("a", "b", "c d e f"), max_length=limit)
    assert [example.line for example in found.examples] == [1]
    assert found.dropped == {f"longer than {limit} tokens": 1}
    refuses(tokenizer, f"all 1 rows have more than 3 tokens (the shortest {limit})", pair("a", "b", "c"), max_length=3)


def test_a_template_that_changes_the_prompt_is_refused(tokenizer):
    tokenizer.chat_template = "{{ messages | length }}" + tokenizer.chat_template
    refuses(tokenizer, "line 1: the tokens of the prompt are not the first tokens of prompt and answer", pair())


def test_a_template_without_an_end_token_is_refused(tokenizer):
    tokenizer.chat_template = tokenizer.chat_template.replace("<|end|>", "\n")
    refuses(tokenizer, "line 1: the chat template writes no end token after the answer", pair())


def test_strings_whose_border_is_inside_a_token_are_refused(tokenizer):
    whole, first, second = (len(tokenizer(text)["input_ids"]) for text in ("alignment", "alignm", "ent"))
    assert whole < first + second
    refuses(tokenizer, "white space where the prompt ends", {"prompt": "alignm", "chosen": "ent", "rejected": "x"})


def test_a_second_bos_is_refused(tokenizer):
    begin = tokenizer.bos_token
    refuses(
        tokenizer,
        "the prompt begins with two BOS tokens",
        {"prompt": f"{begin}{begin}a", "chosen": " b", "rejected": " c"},
    )


def test_a_tokenizer_without_a_template_is_refused(tmp_path):
    for name in ("tokenizer.json", "tokenizer_config.json", "config.json"):
        (tmp_path / name).write_bytes((tiny / name).read_bytes())
    assert load_tokenizer(tmp_path, is_chat=False).chat_template is None
    with pytest.raises(InputError, match="has no chat template, and the rows are messages"):
        load_tokenizer(tmp_path, is_chat=True)
