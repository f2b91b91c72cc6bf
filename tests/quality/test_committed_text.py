"""Things that must not stand in any committed file, and words that must not stand on any screen."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = {".py", ".toml", ".html", ".css", ".js", ".md", ".lock", ".sh", ".json", ".txt", ".yml", ""}
# WORDING: words a scan page, stamp or post may never say; and words our own screens do not use.
FORBIDDEN = (
    "hàng thật|hàng giả|hàng nhái|chính hãng|đã xác thực|được bảo đảm|an toàn tuyệt đối|cam kết 100%|"
    "đã kiểm định|xã xác nhận|nhà nước bảo hộ|hộ chiếu số|nhãn điện tử|tem bộ công an|lừa đảo|vi phạm|"
    "nghi ngờ|đáng ngờ"
)
UNKIND = r"\bquý khách\b|\bvui lòng\b|\bsubmit\b"


def _committed() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [
        ROOT / line
        for line in listed.stdout.splitlines()
        if (ROOT / line).suffix in TEXT and (ROOT / line).is_file()
    ]


def _visible(file: Path) -> str:
    """A template or wording file without its comments and tags."""
    text = re.sub(r"\{#.*?#\}", "", file.read_text("utf-8"), flags=re.DOTALL)
    return (
        re.sub(r"<[^>]*>", " ", text)
        if file.suffix == ".html"
        else re.sub(r"^#.*$", "", text, flags=re.MULTILINE)
    )


def _words_on_screens() -> list[Path]:
    return [*ROOT.glob("templates/**/*.html"), *ROOT.glob("ocop/web/wording/*.toml")]


@pytest.mark.parametrize(
    "host", ["pypi" + ".org", "npmjs" + ".org", "deb.debian" + ".org", "files.pythonhosted" + ".org"]
)
def test_no_committed_file_names_a_registry_host(host: str) -> None:
    named = [str(f.relative_to(ROOT)) for f in _committed() if host in f.read_text("utf-8", errors="ignore")]

    assert named == []


def test_no_page_loads_anything_from_elsewhere() -> None:
    pattern = re.compile(r"""(?:src|href|url\()\s*=?\s*["']?https?://(?!zalo\.me)""")

    loading = [str(f) for f in ROOT.glob("templates/**/*.html") if pattern.search(f.read_text("utf-8"))]
    styles = [str(f) for f in ROOT.glob("ocop/static/**/*.css") if pattern.search(f.read_text("utf-8"))]

    assert loading + styles == []


def test_no_screen_uses_a_forbidden_or_unkind_word() -> None:
    pattern = re.compile(f"{FORBIDDEN}|{UNKIND}", re.IGNORECASE)

    found = [
        (str(f.relative_to(ROOT)), match.group())
        for f in _words_on_screens()
        for match in pattern.finditer(_visible(f))
    ]

    assert found == []
