"""File names that survive Windows, Zalo and old unzip programs: short, ASCII, no tone marks."""

from __future__ import annotations

import re
import unicodedata

LONGEST = 48
# Windows opens a device instead of a file of such a name, whatever comes after the dot.
_DEVICES = re.compile(r"con|prn|aux|nul|com\d|lpt\d")


def file_name(text: str, longest: int = LONGEST) -> str:
    """Lower-case a-z, 0-9 and single hyphens, at most ``longest`` characters; "" when nothing of it is left.

    >>> file_name("Dài × rộng × cao thùng gửi (cm)")
    'dai-rong-cao-thung-gui-cm'
    """
    spaced = "".join(" " if not _kept(c) else c for c in text.casefold().replace("đ", "d"))
    bare = unicodedata.normalize("NFKD", spaced).encode("ascii", "ignore").decode()
    name = "-".join(re.findall(r"[a-z0-9]+", bare))
    if len(name) > longest:  # cut between words where there are several
        name = name[: longest + 1].rpartition("-")[0] or name[:longest]
    return f"{name}-x" if _DEVICES.fullmatch(name) else name


def _kept(character: str) -> bool:
    """Letters, figures and the marks on them; everything else parts words."""
    return unicodedata.category(character)[0] in "LNM"
