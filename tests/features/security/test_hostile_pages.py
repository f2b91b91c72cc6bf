"""Pages and answers from marketplaces that were made to hurt, and addresses that only look like theirs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from marketplace_adapters import registry
from marketplace_adapters.errors import MarketplaceError, RemoteListingNotFound
from marketplace_adapters.feed.items import one_line
from marketplace_adapters.handoff.adapter import HandoffAdapter
from marketplace_adapters.http_base import Reply
from marketplace_adapters.nfc import composed
from marketplace_adapters.public_page import observe, open_page, read_page
from marketplace_adapters.seller_form.html import parsed
from marketplace_adapters.woocommerce.webhooks import subject
from ocop.publishing.rules import own_link

_QUICK = 8.0  # CPU seconds; what it guards against takes minutes
_HUGE = "&#" + "9" * 5_000 + ";"  # a letter whose number Python will not even read
_HERE = "https://www.buudien.vn/p/1.html"


@contextmanager
def soon() -> Iterator[None]:
    begun = time.process_time()
    yield
    assert time.process_time() - begun < _QUICK


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example\\.buudien.vn/p/1", "https://evil.example\\@www.buudien.vn/p/1",
        "https://evil.example .buudien.vn/p/1", "https://evil.example%5c.buudien.vn/p/1",
        "https://evil.example%2f.buudien.vn/p/1",
    ],
)  # fmt: skip
def test_v1_3_6_an_address_that_a_browser_reads_otherwise_is_not_the_marketplaces(url: str) -> None:
    adapter = HandoffAdapter(registry.channels()["buudien"], {})

    assert not adapter.accepts_url(url)
    assert not own_link(url, adapter.channel.hosts)


class Site:
    """Answers every call with the same."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply

    def call(self, *_: object, **__: object) -> Reply:
        return self.reply


@pytest.mark.parametrize("location", ["http://[", "//[::1", "https://evil.example\\.buudien.vn/"])
def test_a_redirect_to_nonsense_or_elsewhere_is_not_followed(location: str) -> None:
    site = Site(Reply(302, {"location": location}, b"", writes=False))
    accepts = HandoffAdapter(registry.channels()["buudien"], {}).accepts_url

    with pytest.raises(RemoteListingNotFound, match="url_not_on_channel"):
        open_page(site, _HERE, accepts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "page",
    [
        f'<script type="application/ld+json">{{"@type":"Product","name":"Mắm {_HUGE}"}}</script>',
        f'<meta property="og:title" content="Mắm {_HUGE.replace("&", "&amp;")}">',
        '<h1>Mắm</h1> 70.000đ <img src="a.jpg" width="²"><img src="b.jpg" height="' + "9" * 5_000 + '">',
    ],
    ids=["words for machines", "title for sharing", "sides of a photo"],
)
def test_numbers_that_are_none_do_not_stop_the_reading_of_a_page(page: str) -> None:
    seen = observe(page, _HERE)

    assert seen.name.startswith("Mắm")


def test_a_photo_with_an_address_that_is_none_does_not_stop_the_look_at_the_others() -> None:
    page = '<script type="application/ld+json">{"@type":"Product","name":"Mắm","image":["http://[", "/a.jpg"]}</script>'
    site = Site(Reply(200, {"content-type": "text/html"}, page.encode(), writes=False))
    accepts = HandoffAdapter(registry.channels()["buudien"], {}).accepts_url

    seen = read_page(site, _HERE, accepts, photos=True)  # type: ignore[arg-type]

    assert (seen.name, seen.dead_photos) == ("Mắm", 1)


def test_v15_2_2_a_million_words_for_machines_are_gone_through_soon() -> None:
    lists = ",".join(["[" + ",".join(["0"] * 20_000) + "]"] * 70)

    with soon(), pytest.raises(MarketplaceError):
        observe(f'<script type="application/ld+json">[{lists}]</script>', _HERE)


def test_v15_2_2_brackets_without_end_are_an_answer_nobody_can_read() -> None:
    endless = b"[" * 500_000
    reply = Reply(200, {}, endless, writes=False)

    with pytest.raises(MarketplaceError, match="reply_unreadable"):
        reply.json()

    assert reply.error_envelope() is None
    assert subject(endless, {}) is None


@pytest.mark.parametrize(
    "page",
    [
        "<b>" * 160_000 + "</x>" * 120_000,
        "<td>" * 250_000,
        "<" * 1_000_000,
        "<b>" * 160_000 + "<li>" * 120_000,
    ],
    ids=["ends of nothing", "cells", "signs", "items"],
)
def test_v15_2_2_a_sellers_page_made_of_tags_is_read_soon(page: str) -> None:
    with soon():
        tree = parsed(page)

    assert tree.parts


def test_v15_2_2_a_name_of_nothing_but_marks_is_composed_soon() -> None:
    with soon():
        name = composed("a" + "\u0323\u0300" * 200_000)

    assert name.startswith("ạ")


@pytest.mark.parametrize("space", [" ", "\n", "\xa0", "\u3000", "\u2003"])
def test_v1_2_10_no_space_in_front_hides_the_sign_of_a_formula(space: str) -> None:
    assert one_line(f"{space}=HYPERLINK(1)") == "HYPERLINK(1)"
