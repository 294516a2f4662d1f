import re

import pytest
from conftest import pair

from tandem_training.data.read import hash_of, read_rows
from tandem_training.errors import InputError


def refuses(path, text):
    with pytest.raises(InputError, match=re.escape(text)):
        read_rows(path)


def test_rows_keep_their_lines(write):
    rows = read_rows(write(pair(), "", pair("second")))
    assert [row.line for row in rows] == [1, 3]


@pytest.mark.parametrize("name", ["NaN", "Infinity", "-Infinity"])
def test_numbers_must_be_finite(write, name):
    path = write(pair(), f'{{"prompt": "a", "chosen": "b", "rejected": "c", "score_chosen": {name}}}')
    refuses(path, f"line 2 has {name}: expected finite numbers. Leave the score out, or write null")


def test_what_is_no_jsonl_is_named_by_its_line(write):
    refuses(write(pair(), '{"prompt": '), "line 2 is not JSON")
    refuses(write("[1,", "2]"), "line 1 is not JSON (Expecting value). The file looks like a JSON array")
    refuses(write("3"), "line 1 is int: expected a JSON object, one a line")
    refuses(write(""), "has no rows: expected one JSON object a line")


def test_a_file_that_cannot_be_read(tmp_path):
    refuses(tmp_path / "none.jsonl", "cannot be read (No such file or directory): give an existing file")
    (tmp_path / "latin.jsonl").write_bytes(b'{"prompt": "\xe9"}')
    refuses(tmp_path / "latin.jsonl", "is not UTF-8 (byte 12): save it as UTF-8")


def test_a_line_separator_inside_a_string_ends_no_row(write):
    assert len(read_rows(write('{"prompt": "a\u2028b"}'))) == 1


def test_the_hash_is_that_of_the_bytes(tmp_path):
    (tmp_path / "a").write_bytes(b"abc")
    assert hash_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
