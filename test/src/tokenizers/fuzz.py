"""Writes what Hugging Face's tokenizers makes of random strings, for the comparison with the gateway's tokenizer.

    pip install tokenizers
    python fuzz.py OUT [--strings 2500] [--seed 1] [TOKENIZER.json ...]

OUT/strings.json holds the strings; OUT/NAME.json holds a tokenizer, its ids of each string (without BOS and EOS) and the
text of these ids, with special tokens skipped and kept.
"""

import argparse
import json
from pathlib import Path

from tokenizers import Tokenizer

from make_strings import make_strings
from make_tokenizers import make_tokenizers


def expect(data, strings):
    tokenizer = Tokenizer.from_str(json.dumps(data))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in strings]
    texts = [[tokenizer.decode(each, skip_special_tokens=skip) for skip in (True, False)] for each in ids]
    return {"tokenizer": data, "ids": ids, "texts": texts}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--strings", type=int, default=2500)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("files", nargs="*", type=Path)
    options = parser.parse_intermixed_args()
    options.out.mkdir(parents=True, exist_ok=True)
    strings = make_strings(options.strings, options.seed)
    tokenizers = make_tokenizers()
    for path in options.files:
        tokenizers[path.parent.name] = json.loads(path.read_text(encoding="utf-8"))
    (options.out / "strings.json").write_text(json.dumps(strings), encoding="utf-8")
    for name, data in tokenizers.items():
        (options.out / f"{name}.json").write_text(json.dumps(expect(data, strings)), encoding="utf-8")
        print(name, flush=True)


if __name__ == "__main__":
    main()
