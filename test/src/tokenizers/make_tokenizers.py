"""Twelve small tokenizers, each built as a family of public models builds its own."""

import base64
import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from make_strings import SCRIPTS, make_strings

CORPUS_SEED = 7
GPT4 = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
QWEN = GPT4.replace(r"\p{N}{1,3}", r"\p{N}")
UPPER, LOWER = r"[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]", r"[\p{Ll}\p{Lm}\p{Lo}\p{M}]"
GPT4O = (
    rf"[^\r\n\p{{L}}\p{{N}}]?{UPPER}*{LOWER}+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|[^\r\n\p{{L}}\p{{N}}]?{UPPER}+{LOWER}*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
DEEPSEEK = (
    r"[!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
# A map of characters as SentencePiece compiles it, made by test/fixtures/tokenizers/make.py.
CHARSMAP = Path(__file__).parents[2] / "fixtures/tokenizers/charsmap/tokenizer.json"
BYTE_TOKENS = [f"<0x{byte:02X}>" for byte in range(256)]


def corpus():
    texts = [text for text in make_strings(1500, CORPUS_SEED) if "<0x" not in text]
    return texts + [" ".join(letters) for letters in SCRIPTS.values()] + ["decoding over two models and tokens"] * 20


def added(tokens):
    """Added tokens with every flag: some special, some matched in normalized text."""
    flags = {
        "<tool>": dict(normalized=True),
        "café": dict(normalized=True),
        "stripped": dict(lstrip=True, rstrip=True, normalized=False),
        "single": dict(single_word=True, normalized=False),
    }
    return [AddedToken(name, special=False, **flags[name]) for name in tokens]


def train(model, trainer, normalizer=None, pre=None, decoder=None):
    tokenizer = Tokenizer(model)
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    if pre is not None:
        tokenizer.pre_tokenizer = pre
    if decoder is not None:
        tokenizer.decoder = decoder
    tokenizer.train_from_iterator(corpus(), trainer)
    return tokenizer


def byte_level(pre, special, extra=(), normalizer=None, size=1200, **model):
    trainer = trainers.BpeTrainer(
        vocab_size=size, special_tokens=special, initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()), show_progress=False
    )
    tokenizer = train(models.BPE(**model), trainer, normalizer, pre, decoders.ByteLevel())
    tokenizer.add_tokens(added(extra))
    return json.loads(tokenizer.to_str())


def split(pattern, behavior="isolated", invert=False):
    return pre_tokenizers.Split(Regex(pattern), behavior, invert)


def split_bytes(*patterns):
    return pre_tokenizers.Sequence([*(split(pattern) for pattern in patterns), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])


def sentencepiece(normalizer, pre, extra=(), start=1, fuse_unk=True, size=1500):
    """BPE over characters, with a token for each byte for characters that have none."""
    special = ["<unk>", "<s>", "</s>"]
    trainer = trainers.BpeTrainer(vocab_size=size, limit_alphabet=300, special_tokens=special, show_progress=False, max_token_length=12)
    steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse()]
    decoder = decoders.Sequence([*steps, *([decoders.Strip(" ", start, 0)] if start else [])])
    # Whole texts as one piece teach nothing, so that training splits where the models of this kind do not.
    tokenizer = train(models.BPE(unk_token="<unk>"), trainer, None, pre_tokenizers.Metaspace(prepend_scheme="always", split=True), decoder)
    data = json.loads(tokenizer.to_str())
    names = sorted(data["model"]["vocab"], key=data["model"]["vocab"].get)
    names = special + BYTE_TOKENS + [name for name in names if name not in special + BYTE_TOKENS]
    data["model"].update(vocab={name: index for index, name in enumerate(names)}, byte_fallback=True, fuse_unk=fuse_unk)
    tokenizer = Tokenizer.from_str(json.dumps(data))
    if normalizer is not None:
        tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre
    tokenizer.add_tokens(added(extra))
    return json.loads(tokenizer.to_str())


def unigram(normalizer, pre, byte_fallback=False, extra=(), size=4500):
    special = ["<unk>", "<s>", "</s>"] + (BYTE_TOKENS if byte_fallback else [])
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=special[1:3], unk_token="<unk>", show_progress=False)
    tokenizer = train(models.Unigram(), trainer, normalizer, pre, decoders.Metaspace())
    data = json.loads(tokenizer.to_str())
    if byte_fallback:
        vocab = [entry for entry in data["model"]["vocab"] if len(entry[0]) > 1 or ord(entry[0]) < 0x500]
        data["model"].update(vocab=vocab[:3] + [[name, 0.0] for name in BYTE_TOKENS] + vocab[3:], byte_fallback=True)
        steps = [decoders.Replace("▁", " "), decoders.ByteFallback(), decoders.Fuse(), decoders.Strip(" ", 1, 0)]
        tokenizer = Tokenizer.from_str(json.dumps(data))
        tokenizer.decoder = decoders.Sequence(steps)
    tokenizer.add_tokens(added(extra))
    return json.loads(tokenizer.to_str())


def precompiled():
    config = json.loads(CHARSMAP.read_text(encoding="utf-8"))["normalizer"]
    parts = config["normalizers"] if config["type"] == "Sequence" else [config]
    return normalizers.Precompiled(base64.b64decode(next(part["precompiled_charsmap"] for part in parts if part["type"] == "Precompiled")))


def word_piece():
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=1200, limit_alphabet=250, special_tokens=special, show_progress=False)
    model = models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=20)
    tokenizer = train(model, trainer, normalizers.BertNormalizer(lowercase=True), pre_tokenizers.BertPreTokenizer(), decoders.WordPiece(cleanup=False))
    tokenizer.add_tokens(added(["<tool>", "café", "single"]))
    return json.loads(tokenizer.to_str())


def make_tokenizers():
    """The tokenizers by name, each as the content of its tokenizer.json."""
    replace = normalizers.Replace(" ", "▁")
    ends, chat = ["<s>", "</s>", "<pad>"], ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    return {
        "gpt2": byte_level(pre_tokenizers.ByteLevel(add_prefix_space=False), ["<|endoftext|>"], ["<tool>", "stripped", "single"]),
        "llama3": byte_level(split_bytes(GPT4), chat, ["single"], ignore_merges=True),
        "qwen": byte_level(split_bytes(QWEN), chat, ["<tool>", "café"], normalizer=normalizers.NFC()),
        "smollm": byte_level(pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(False)]), chat, ["stripped"]),
        "gpt4o": byte_level(split_bytes(GPT4O), ["<|endoftext|>"], ["<tool>"]),
        "deepseek": byte_level(split_bytes(r"\p{N}{1,3}", r"[一-龥぀-ゟ゠-ヿ]+", DEEPSEEK), ends, ["stripped", "single"]),
        "llama2": sentencepiece(normalizers.Sequence([normalizers.Prepend("▁"), replace]), None, ["single"]),
        "mistral": sentencepiece(None, pre_tokenizers.Metaspace(prepend_scheme="first", split=False), ["<tool>", "stripped"]),
        "gemma": sentencepiece(replace, pre_tokenizers.Split(" ", "merged_with_previous"), ["<tool>", "single"], start=0, fuse_unk=False),
        "t5": unigram(normalizers.Sequence([precompiled(), normalizers.Replace(Regex(" {2,}"), " ")]),
                      pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(prepend_scheme="always")]), extra=["<tool>"]),
        "albert": unigram(normalizers.Sequence([normalizers.Replace("``", '"'), normalizers.NFKD(), normalizers.StripAccents(), normalizers.Lowercase()]),
                          pre_tokenizers.Metaspace(prepend_scheme="first", split=False), byte_fallback=True, extra=["café", "single"]),
        "bert": word_piece(),
    }
