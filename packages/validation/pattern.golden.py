"""Writes pattern.golden.json: what Python's re.search finds, and what repr makes of floats. Python 3.11 or newer, no packages."""

import json
import random
import re
from pathlib import Path

PATTERNS = [
    r"^a", r"b$", r"^\d+$", r"\w+", r"^\w+$", r"^\W$", r"\s", r"^\S+$", r"\bcat\b", r"\Bcat", r"(?P<y>\d{4})-(?P=y)", r"(a)\1",
    r"\Aab", r"ab\Z", r"(?i)CAT", r"(?s)a.b", r"a.b", r"(?m)^b$", r"(?im)^B$", r"[^\s,]+@[\w.-]+\.\w{2,}", r"^[A-Z]{2,3}$",
    r"[]x]", r"[^]x]", r"[\]x-]", r"[-a]", r"[a-]", r"[\d-]", r"[&&]", r"[a&&b]", r"[(){}|/]", r"a{,2}b", r"a{2}", r"a{", r"a{b}", r"}",
    r"\-\_\@\ \"", r"\x41", r"\u00e9", r"\U0001F600", r"^.$", r"\t", r"[\b]", r"\0", r"(?:ab|cd)+", r"(?=a)a", r"(?<!x)cat", r"(?#note)a",
    r"/", r"^$", r"", r"[^\W\d_]", r"[\D]", r"x*?y", r"a|b|", r"[\x41-\x43]", r"[+--]", r"\.", r"^\$", r"~", r"[\s\S]", r"^[^@]+@[^@]+$", r"#", r"\#", r"(a)(b)\2", r"[.*+?^${}()|[\]\\]",
]
TEXTS = [
    "", "a", "b", "ab", "ab\n", "aab", "cat", "concat", "a cat sat", "CAT", "2024-2024", "2024-2023", "aa", "a\nb", "b\nc", "日本語", "٣٤", "1_000",
    "é", "e\u0301", "😀", "x@y.com", "ABC", "]", "x", "-", "^", "&", "&&", "(", "/", "a{", "a{b}", "}", "-_@ \"", "\t", "\x08", "\x00", "\x1c", "\x85", "\ufeff", "\xa0", "_",
    "A", "abcd", "xcat", "$", "$5", "~", "ß", "ſ", "İ", "K", "²", "½", "Ⅷ", ",", "+", ".", "a#b", "\\", "{", "abb", "[",
]
REFUSED = [r"(?x)a b", r"(?P<n>a)?(?(n)b|c)", r"(?>a)", r"a++", r"a*+", r"a{2}+", r"(?i:a)b", r"\N{DIGIT ONE}", r"\p{L}", r"\q", r"(", r"[a", r"*a", r"[\w-x]", r"[z-a]"]
FLOATS = [0.0, -0.0, 1.0, 10.0, 0.1, 1e15, 1e16, 123456789012345678.0, 1e-4, 1e-5, 1.5e-7, 1e100, 5e-324, 1.7976931348623157e308, -2.5, 1e20, 1e21, 1e22, 0.0001234, 9999999999999998.0]

random.seed(1)
FLOATS += [random.uniform(-1, 1) * 10 ** random.randint(-20, 25) for _ in range(60)]
golden = {
    "texts": TEXTS,
    "patterns": [{"pattern": p, "found": [int(re.search(p, t) is not None) for t in TEXTS]} for p in PATTERNS],
    "refused": REFUSED,
    "floats": [{"value": f, "text": str(f)} for f in FLOATS],
}
Path(__file__).with_name("pattern.golden.json").write_text(json.dumps(golden) + "\n")
