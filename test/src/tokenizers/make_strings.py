"""Strings for the fuzz of the tokenizers: random text of 14 scripts, and what surrounds text in prompts."""

import random

# The letters of each script, some with combining marks.
SCRIPTS = {
    "latin": "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZàéîöüßñçøåŁżİıſǅﬁœ",
    "greek": "αβγδεζηθικλμνξοπρσςτυφχψωΑΒΓΔΣΩάέήίΰϊ",
    "cyrillic": "абвгдежзийклмнопрстуфхцчшщъыьэюяАБВГДЕЁЖЙї",
    "armenian": "աբգդեզէըթժիլխծկհձղճմյնշոչպջռսվտրցւփքօֆԱԲև",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשתךםןףץשָׁלֹּ",
    "arabic": "ابتثجحخدذرزسشصضطظعغفقكلمنهويءآأؤإئىةًٌَُِّْـ",
    "devanagari": "अआइईउऊकखगघचछजझटठडणतदधनपबभमयरलवशषसहािीुूेैोौंः्ऽ",
    "bengali": "অআইউএওকখগঘচজটডণতদধনপবভমযরলশসহািীুেোৌ্ংঃড়ঢ়",
    "tamil": "அஆஇஉஎஒகஙசஞடணதநபமயரலவழளறனாிீுெேைொோௌ்",
    "thai": "กขคงจฉชซญดตถทธนบปผพฟภมยรลวศสหอฮะาำิีึืุูเแโใไ็่้๊์",
    "han": "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本見經頭面公",
    "kana": "あいうえおかきくけこさしすせそがぎぱびアイウエオカキクケコサシスセソガギパッーゝｱｲｶﾞ",
    "hangul": "가나다라마바사아자차카타파하각난달람밥삿앙한국어말글각ㄱㅏ",
    "georgian": "აბგდევზთიკლმნოპჟრსტუფქღყშჩცძწჭხჯჰႠႡ",
}
SPACES = [" ", " ", " ", " ", "  ", "   ", "\n", "\n\n", "\t", "\r\n", "\u00a0", "\u2003", "\u3000", "\u0085", "\u2028", " \n", "\n "]
MARKS = [".", ",", "!", "?", ";", ":", "'", '"', "-", "—", "…", "(", ")", "[", "]", "{", "}", "/", "\\", "_", "#", "@", "&", "*", "+", "=",
         "<", ">", "|", "~", "`", "^", "$", "%", "。", "、", "！", "«", "»", "“", "”", "’", "‘", "€", "£", "°", "·", "•", "؟", "।"]
DIGITS = ["0", "1", "7", "12", "123", "1234", "2024", "3.14", "1,000,000", "٣٤٥", "३४", "３４５", "½", "²", "Ⅷ", "①", "১২"]
EMOJI = ["🙂", "👍🏽", "👩‍🚀", "👨‍👩‍👧", "🇩🇪", "❤️", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "✈", "𝔘𝔫𝔦", "𠮷", "𝟘𝟙"]
ODD = ["\x00", "\x1f", "\x7f", "\u200b", "\u200c", "\u200d", "\u200e", "\u2060", "\ufeff", "\ufffd", "\ue000", "\uffff", "\u0301", "\u0308", "e\u0301",
       "\u0334", "\u1dc0", "▁", "▁▁", "Ġ", "Ċ", "##", "\u0345", "\u0130", "ẞ", "ŉ", "\u1e9e", "ﷺ", "㍿", "ｶﾞ", "\u034f", "\u180e", "\u00ad"]
WORDS = ["it's", "IT'S", "they'll", "we've", "I'm", "don’t", "THE", "the", "The", "and", "decoding", "token", "tokens", "model", "def add(a, b):", "    return",
         "http://example.org/a?b=c", "user@example.org", "<b>", "</b>", "print(", "C++", "e.g.", "’s", "'S", "'T", "'Re"]
SPELLED = ["<s>", "</s>", "<unk>", "<pad>", "[CLS]", "[SEP]", "[UNK]", "[MASK]", "<|endoftext|>", "<|im_start|>", "<|im_end|>", "<0x0A>", "<0xE2>",
           "<tool>", "<Tool>", " <tool> ", "café", "CAFÉ", "stripped", " stripped ", "a<tool>b", "single", "singles", " single "]


def word(rng):
    letters = SCRIPTS[rng.choice(list(SCRIPTS))]
    return "".join(rng.choice(letters) for _ in range(rng.randint(1, 9)))


def part(rng):
    kind = rng.random()
    for share, parts in ((0.42, None), (0.54, WORDS), (0.64, SPACES), (0.74, MARKS), (0.82, DIGITS), (0.87, EMOJI), (0.93, ODD), (0.97, SPELLED)):
        if kind < share:
            return word(rng) if parts is None else rng.choice(parts)
    return rng.choice(rng.choice([SPACES, MARKS, DIGITS, EMOJI, ["a", "ab", "Σ", "ς", "ا", "的", "が"]])) * rng.randint(2, 40)


def sentence(rng):
    """Words of one script, as most texts are."""
    letters = SCRIPTS[rng.choice(list(SCRIPTS))]
    words = ["".join(rng.choice(letters) for _ in range(rng.randint(1, 8))) for _ in range(rng.randint(1, 12))]
    return "".join(each + rng.choice([" ", " ", " ", ", ", ". ", "\n", "", "-"]) for each in words)


def code_points(rng):
    """Any characters of Unicode except surrogates."""
    limit = rng.choice([0x80, 0x250, 0x800, 0x3000, 0x10000, 0x20000, 0x110000])
    points = [rng.randrange(limit) for _ in range(rng.randint(1, 24))]
    return "".join(chr(point) for point in points if not 0xD800 <= point <= 0xDFFF)


def make_strings(count, seed):
    """`count` strings, the same for the same seed."""
    rng = random.Random(seed)
    strings = ["", " ", "\n", "a"]
    while len(strings) < count:
        kind = rng.random()
        if kind < 0.25:
            strings.append(sentence(rng))
        elif kind < 0.35:
            strings.append(code_points(rng))
        else:
            glue = rng.choice(["", " ", " "])
            strings.append(glue.join(part(rng) for _ in range(rng.randint(1, 14))))
    return strings[:count]
