"""The practice marketplace: its shop front, its reviewer, its refusals, and that it keeps what it was given."""

from __future__ import annotations

import base64
import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import requests

from marketplace_adapters import registry
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.practice.shopfront import dong
from marketplace_adapters.testing.samples import listing, variant
from marketplace_adapters.types import ListingPayload, Published
from marketplace_adapters.woocommerce.adapter import WooCommerceAdapter


class Clock:
    """Seconds that pass only when told to."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


def _publish(shop: PracticeServer, offered: ListingPayload | None = None) -> Published:
    settings = {"base_url": shop.base_url, "username": shop.user, "application_password": shop.password}
    adapter = WooCommerceAdapter(registry.channels()["practice"], settings)
    return adapter.publish(adapter.items(offered or listing())[0])


def _page(shop: PracticeServer, path: str = "/", **options: object) -> requests.Response:
    return requests.get(shop.base_url + path, timeout=5, **options)


def _call(shop: PracticeServer, method: str, path: str, **options: object) -> requests.Response:
    pair = (shop.user, shop.password)
    return requests.request(method, f"{shop.base_url}/wp-json{path}", auth=pair, timeout=5, **options)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def reviewing(tmp_path: Path, clock: Clock) -> Iterator[PracticeServer]:
    """A shop that approves by itself after 20 seconds of its clock."""
    with PracticeServer(tmp_path / "shop.db", review_seconds=20, clock=clock) as server:
        yield server


def test_a_published_product_is_seen_after_review_with_price_photos_and_text(
    reviewing: PracticeServer, clock: Clock
) -> None:
    sent = _publish(reviewing)
    before = _page(reviewing).text

    clock.now += 20
    shelf, product = _page(reviewing).text, _page(reviewing, f"/san-pham/{sent.remote_id}").text

    assert "Mắm tép đồng" not in before
    assert "Mắm tép đồng ủ thính gạo rang" in shelf
    assert "70.000 đồng" in product
    assert product.count('<li><img src="/anh/') == 3
    assert "<dt>Hạng OCOP</dt><dd>3 sao</dd>" in product
    assert "Đồng trũng nhiều rong" in product


def test_every_page_says_that_nothing_is_sold(shop: PracticeServer) -> None:
    pages = [_page(shop).text, _page(shop, "/khong-co").text, _page(shop, "/quan-tri").text]

    assert all("Sàn tập – không bán thật" in page and '<html lang="vi">' in page for page in pages)


def test_machines_read_the_same_product(shop: PracticeServer) -> None:
    sent = _publish(shop, listing(name="Mắm </script> & tép"))
    shop.store.change_product(int(sent.remote_id), {"status": "publish"})

    html = _page(shop, f"/san-pham/{sent.remote_id}").text

    spoken = json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])
    assert (spoken["name"], spoken["offers"]["price"], len(spoken["image"])) == (
        "Mắm </script> & tép",
        "70000",
        3,
    )
    assert requests.get(spoken["image"][0], timeout=5).headers["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize(
    ("amount", "shown"), [("70000", "70.000 đồng"), ("65.000", "65.000 đồng"), ("85", "85 đồng")]
)
def test_a_price_is_written_as_people_write_it(amount: str, shown: str) -> None:
    assert dong(amount) == shown


def test_text_of_others_is_never_markup(shop: PracticeServer) -> None:
    product = _call(
        shop, "POST", "/wc/v3/products",
        json={"name": "<img src=x onerror=a>", "description": "<p>a<script>b</script><img src=x onerror=c></p>"},
    ).json()  # fmt: skip

    html = _page(shop, f"/san-pham/{product['id']}").text

    assert "<img src=x" not in html
    assert "<script>b" not in html


def test_the_reviewer_lets_a_product_live_by_a_button(shop: PracticeServer) -> None:
    sent = _publish(shop)
    auth = (shop.user, shop.password)
    desk = _page(shop, "/quan-tri", auth=auth).text
    form = dict(re.findall(r'name="(token|id)" value="([^"]+)"', desk))

    forged = requests.post(f"{shop.base_url}/quan-tri", data={"id": form["id"]}, auth=auth, timeout=5)
    after_forged = shop.store.product(int(sent.remote_id))["status"]
    requests.post(f"{shop.base_url}/quan-tri", data=form, auth=auth, timeout=5)

    assert (forged.status_code, after_forged) == (403, "pending")
    assert shop.store.product(int(sent.remote_id))["status"] == "publish"


def test_strangers_can_look_but_not_act(shop: PracticeServer) -> None:
    wrong = (shop.user, "sai")

    statuses = [
        _page(shop, "/quan-tri").status_code,
        requests.post(f"{shop.base_url}/quan-tri", data={"id": "1"}, timeout=5).status_code,
        _page(shop, "/wp-json/wc/v3/products").status_code,
        _page(shop, "/wp-json/wc/v3/products", auth=wrong).status_code,
        requests.post(f"{shop.base_url}/wp-json/wp/v2/media", data=b"x", timeout=5).status_code,
    ]

    assert statuses == [401] * 5


def test_what_it_was_given_survives_a_restart(tmp_path: Path) -> None:
    with PracticeServer(tmp_path / "shop.db") as first:
        sent = _publish(first)

    with PracticeServer(tmp_path / "shop.db") as second:
        kept = second.store.product(int(sent.remote_id))

    assert (kept["sku"], len(kept["images"])) == ("TT-MT-250", 3)


def test_sold_out_is_said(shop: PracticeServer) -> None:
    sent = _publish(shop, listing(variants=(variant(stock=0),)))
    shop.store.change_product(int(sent.remote_id), {"status": "publish"})

    assert "Tạm hết hàng" in _page(shop, f"/san-pham/{sent.remote_id}").text


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_as_a_process_it_prints_its_address_and_ends_cleanly_on_a_signal(
    tmp_path: Path, stop: signal.Signals
) -> None:
    command = [
        sys.executable,
        "-m",
        "marketplace_adapters.practice",
        "--port",
        "0",
        "--db",
        str(tmp_path / "shop.db"),
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    address = process.stdout.readline().removeprefix("practice: ").strip()
    with requests.Session() as visitor:
        status = visitor.get(address, timeout=5).status_code
        process.send_signal(stop)
        _, complaints = process.communicate(timeout=10)

    assert (status, process.returncode, complaints) == (200, 0, "")


def test_the_default_pair_is_the_one_of_the_class_room(shop: PracticeServer) -> None:
    pair = base64.b64encode(b"tap:tap-duot").decode()

    assert shop.door.admits(f"Basic {pair}")
    assert not shop.door.admits("Basic " + base64.b64encode(b"tap:").decode())


def test_an_update_of_the_listing_is_seen_at_once(shop: PracticeServer) -> None:
    sent = _publish(shop)
    shop.store.change_product(int(sent.remote_id), {"status": "publish"})

    _publish(shop, replace(listing(), variants=(variant(price_vnd=85_000),)))

    assert "85.000 đồng" in _page(shop, f"/san-pham/{sent.remote_id}").text


@pytest.mark.parametrize("words", ["mắm tép", "MAM TEP", "thinh gao", ""])
def test_visitors_find_a_product_with_tone_marks_or_without(shop: PracticeServer, words: str) -> None:
    sent = _publish(shop)
    shop.store.change_product(int(sent.remote_id), {"status": "publish"})

    html = _page(shop, "/tim", params={"q": words}).text

    assert (f'href="/san-pham/{sent.remote_id}-' in html) == bool(words)


def test_visitors_do_not_find_what_waits_for_review(shop: PracticeServer) -> None:
    _publish(shop)

    assert "Không tìm thấy sản phẩm nào." in _page(shop, "/tim?q=m%E1%BA%AFm").text
