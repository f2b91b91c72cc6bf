"""Vietnamese from before Unicode: the TCVN3 fonts (.VnTime) that office machines wrote with until far into the 2000s.

Such a text is stored as Latin letters that only the font shows as Vietnamese: "Hîp t¸c x·" is "Hợp tác xã".
"""

from __future__ import annotations

import re
import unicodedata

# Source: TCVN 5712:1993, VN3. Byte 0xA1 and on; a dot stands where the standard has no letter.
_FROM_A1 = (
    "ĂÂÊÔƠƯĐăâêôơưđ......àảãáạ.ằẳẵắ......."  # A1 … C5
    "ặầẩẫấậè.ẻẽéẹềểễếệìỉ...ĩíịò.ỏõóọồổỗốộờởỡớợù.ủũúụừửữứựỳỷỹýỵ"  # C6 … FE
)
TCVN3 = {0xA1 + at: letter for at, letter in enumerate(_FROM_A1) if letter != "."}

_ONLY_THERE = frozenset(chr(code) for code in TCVN3 if chr(code) not in "ÂÊÔâêôàáãèéẽìíòóõùúýÀÁÃÈÉÌÍÒÓÕÙÚÝ")
_ONLY_VIETNAMESE = re.compile(r"[ăđơưĂĐƠƯ\u1ea0-\u1ef9]")


def from_tcvn3(text: str) -> str:
    return unicodedata.normalize("NFC", text.translate(TCVN3))


def is_tcvn3(text: str) -> bool:
    """Whether a text of some length was typed in such a font: its odd letters outweigh real Vietnamese ones."""
    odd = sum(1 for letter in text if letter in _ONLY_THERE)
    return odd >= 3 and odd > 3 * len(_ONLY_VIETNAMESE.findall(text))


def has_vietnamese(text: str) -> bool:
    return _ONLY_VIETNAMESE.search(text) is not None


def vietnamese_letters(text: str) -> int:
    return len(_ONLY_VIETNAMESE.findall(text))
