"""QR symbols of stamp addresses: error correction M, the smallest version, explicit segments.

The version decides whether a phone reads a stamp from afar, so an address that needs too big a symbol is
refused rather than printed. The scheme and host go in as bytes and the rest as alphanumeric: left to
itself the ``qrcode`` package does not mix the two here and needs a bigger symbol.
"""

import re
from urllib.parse import urlsplit

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.util import MODE_8BIT_BYTE, MODE_ALPHA_NUM, QRData

QUIET_ZONE = 4  # modules of white on every side (ISO/IEC 18004)

# Every mask is valid and none is easier to read: of 900 small, blurred, noisy pictures each, 18 to 22 % were read
# with one mask or another, 21 % with the one of least penalty, 21 % with this. Looking for the least penalty draws
# a symbol nine times: it took two thirds of the time of a sheet.
_MASK = 2
_LARGEST_VERSION = 4
_LARGEST_VERSION_WITHOUT_GTIN = 3
_LONGEST = 90  # characters in version 4-M at best; keeps the package from its own limit
_ALPHANUMERIC_TAIL = re.compile(r"[0-9A-Z $%*+\-./:]*\Z")
_WORTH_A_SEGMENT = 6  # a second segment costs 13 bits and saves 2.5 a character


class TooLarge(ValueError):
    """The address needs a bigger symbol than a stamp may carry: shorten the host."""


def matrix(uri: str) -> list[list[bool]]:
    """The symbol without quiet zone, rows of modules from the top, True for dark. Raises TooLarge."""
    return _symbol(uri).get_matrix()


def version_of(uri: str) -> int:
    """The QR version (1–4) the address takes. Raises TooLarge."""
    return _fitted(uri).version


def svg(uri: str) -> str:
    """The symbol with its quiet zone as an SVG document, one unit a module. Raises TooLarge."""
    rows = matrix(uri)
    side = len(rows) + 2 * QUIET_ZONE
    path = "".join(
        f"M{start + QUIET_ZONE} {y + QUIET_ZONE}h{end - start}v1h-{end - start}z"
        for y, row in enumerate(rows)
        for start, end in _runs(row)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{side}v{side}H0z"/><path d="{path}"/></svg>'
    )


def _segments(uri: str) -> list[QRData]:
    """The alphanumeric tail as such when it is long enough to pay, everything before it as bytes."""
    data = uri.encode()
    tail = len(_ALPHANUMERIC_TAIL.search(uri).group()) if uri.isascii() else 0
    if tail < _WORTH_A_SEGMENT:
        return [QRData(data, mode=MODE_8BIT_BYTE)]
    cut = len(data) - tail
    head = [QRData(data[:cut], mode=MODE_8BIT_BYTE)] if cut else []
    return [*head, QRData(data[cut:], mode=MODE_ALPHA_NUM)]


def _fitted(uri: str) -> QRCode:
    if len(uri) > _LONGEST:
        raise TooLarge(uri)
    symbol = QRCode(error_correction=ERROR_CORRECT_M, border=0, mask_pattern=_MASK)
    for segment in _segments(uri):
        symbol.add_data(segment)
    largest = _LARGEST_VERSION_WITHOUT_GTIN if urlsplit(uri).path.startswith("/T/") else _LARGEST_VERSION
    if symbol.best_fit() > largest:
        raise TooLarge(uri)
    return symbol


def _symbol(uri: str) -> QRCode:
    symbol = _fitted(uri)
    symbol.make(fit=False)
    return symbol


def _runs(row: list[bool]) -> list[tuple[int, int]]:
    """Start and end of every run of dark modules."""
    pairs = zip([False, *row], [*row, False], strict=True)
    edges = [at for at, (before, here) in enumerate(pairs) if before != here]
    return list(zip(edges[::2], edges[1::2], strict=True))
