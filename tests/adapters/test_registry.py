"""Channels are data: strict to read, and the shipped ones say what is known."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from marketplace_adapters import registry
from marketplace_adapters.registry import ChannelFileError, load_channel
from marketplace_adapters.testing.samples import listing
from marketplace_adapters.types import Delivery

_GOOD = """name = "Sàn thử"
protocol = "handoff"
last_checked = 2026-11-21
[images]
max_count = 9
max_bytes = 1000000
max_side = 1200
"""


def _load(folder: Path, text: str):
    path = folder / "thu.toml"
    path.write_text(text, encoding="utf-8")
    return load_channel(path)


def test_the_shipped_channels_are_the_ones_of_the_plan() -> None:
    channels = registry.channels()

    assert {code: one.protocol for code, one in channels.items()} == {
        "buudien": "handoff",
        "facebook": "facebook",
        "nguon_hang": "feed",
        "practice": "woocommerce",
        "practice_form": "seller_form",
        "thai_nguyen": "handoff",
        "thanh_hoa": "handoff",
        "voso": "handoff",
        "woocommerce": "woocommerce",
        "zalo_oa": "zalo_oa",
    }
    assert [code for code, one in channels.items() if not one.enabled] == ["voso"]
    assert [code for code, one in channels.items() if one.training or one.lan] == [
        "practice",
        "practice_form",
    ]


def test_what_nobody_could_verify_is_marked_so() -> None:
    channels = registry.channels()

    guessed = {
        code for code, one in channels.items() if any(not rule.verified for rule in one.rules.values())
    }

    assert guessed == {"buudien", "voso", "thai_nguyen", "thanh_hoa", "nguon_hang"}


def test_every_handoff_channel_has_columns_and_steps() -> None:
    handoffs = [one for one in registry.channels().values() if one.protocol == "handoff"]

    assert all(one.columns and one.steps for one in handoffs)
    assert registry.adapter_class("handoff").delivery is Delivery.HANDOFF


def test_a_good_file_is_read(tmp_path: Path) -> None:
    assert _load(tmp_path, _GOOD).code == "thu"


@pytest.mark.parametrize(
    ("change", "named"),
    [
        (lambda text: text + "[[", "not TOML"),
        (lambda text: text.replace('protocol = "handoff"\n', ""), "protocol"),
        (lambda text: text.replace("handoff", "fax"), "fax"),
        (lambda text: text.replace("name =", "nane ="), "nam"),
        (lambda text: text.replace("2026-11-21", '"hôm qua"'), "last_checked"),
        (lambda text: text.replace("max_side = 1200", ""), "max_side"),
        (lambda text: text + "[rules.no_such]\nverified = true\n", "no_such"),
        (lambda text: text + "[rules.name_too_long]\nlimit = 9\n", "verified"),
        (lambda text: text + '[categories]\n27 = "x"\n', "26"),
        (lambda text: text + '[[columns]]\nlabel = "Giá sỉ"\nsource = "wholesale"\n', "wholesale"),
        (lambda text: 'steps = ["Chép từ {text}."]\n' + text, "steps.*text"),
        (lambda text: 'hosts = ["https://san.example"]\n' + text, "hosts.*san.example"),
    ],
)
def test_a_bad_file_is_refused_by_file_and_key(tmp_path: Path, change, named: str) -> None:
    with pytest.raises(ChannelFileError, match=f"thu.toml.*{named}"):
        _load(tmp_path, change(_GOOD))


def test_a_protocol_is_imported_only_when_it_is_used() -> None:
    program = (
        "import sys; from marketplace_adapters import registry; registry.channels(); "
        "loaded = [m for m in sys.modules if m.startswith('marketplace_adapters.') and m.endswith('.adapter')]; "
        "names = {'flask', 'werkzeug', 'jinja2', 'sqlalchemy', 'wtforms', 'ocop', 'traceability'}; "
        "forbidden = names & set(sys.modules); "
        "print(loaded, forbidden)"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[] set()"


@pytest.mark.parametrize("code", sorted(registry.channels()))
def test_every_channel_can_be_checked_without_its_settings(code: str) -> None:
    info = registry.channels()[code]
    doors = [replace(info, protocol=protocol) for protocol in (info.protocol, *info.doors)]

    found = [registry.make_checker(door).check(listing(name="")) for door in doors]

    assert all("name_missing" in {problem.code for problem in problems} for problems in found)
