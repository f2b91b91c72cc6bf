"""A parcel a clerk can use without asking, and that a spreadsheet cannot turn against anybody."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from PIL import Image

from marketplace_adapters import registry
from marketplace_adapters.errors import (
    ListingRejected,
    MarketplaceUnavailable,
    RemoteListingNotFound,
    UnexpectedResponse,
)
from marketplace_adapters.handoff.adapter import HandoffAdapter
from marketplace_adapters.http_base import Reply
from marketplace_adapters.practice import PracticeServer
from marketplace_adapters.public_page import observe
from marketplace_adapters.testing.samples import channel, listing, photo, service, variant
from marketplace_adapters.types import ListingPayload
from marketplace_adapters.workbook import safe_text

HANDOFFS = [code for code, one in registry.channels().items() if one.protocol == "handoff"]


def _parcel(offered: ListingPayload, code: str = "thanh_hoa", **item: object) -> dict[str, bytes]:
    adapter = HandoffAdapter(registry.channels()[code], {})
    parcel = adapter.publish(replace(adapter.items(offered)[0], **item))
    with zipfile.ZipFile(io.BytesIO(parcel.files[0].content)) as opened:
        return {name: opened.read(name) for name in opened.namelist()}


def _rows(parcel: dict[str, bytes]) -> list[dict[str, object]]:
    page = openpyxl.load_workbook(io.BytesIO(parcel["1-bang-nhap.xlsx"])).active
    head, *rows = page.iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_parcel_holds_sheet_texts_photos_papers_and_guide_in_order() -> None:
    names = list(_parcel(listing()))

    assert names == [
        "huong-dan.html",
        "1-bang-nhap.xlsx",
        "2-chu-de-chep/01-ten-san-pham.txt",
        "2-chu-de-chep/02-ma-san-pham.txt",
        "2-chu-de-chep/03-loai-san-pham.txt",
        "2-chu-de-chep/04-danh-muc.txt",
        "2-chu-de-chep/05-gioi-thieu.txt",
        "2-chu-de-chep/07-ma-truy-xuat-nguon-goc.txt",
        "2-chu-de-chep/08-xep-hang.txt",
        "2-chu-de-chep/09-quy-cach-dong-goi.txt",
        "2-chu-de-chep/10-cach-bao-quan.txt",
        "2-chu-de-chep/11-don-vi.txt",
        "2-chu-de-chep/12-gia-goc.txt",
        "2-chu-de-chep/14-so-luong.txt",
        "3-anh/01-mat-truoc.jpg",
        "3-anh/02-mat-sau-co-nhan.jpg",
        "3-anh/03-luc-lam.jpg",
        "4-giay-to/01.jpg",
    ]


def test_the_columns_are_the_target_forms_own_labels() -> None:
    (row,) = _rows(_parcel(listing()))

    assert list(row)[:4] == [
        "Tên sản phẩm (bắt buộc)",
        "Mã sản phẩm",
        "Loại sản phẩm (bắt buộc)",
        "Danh mục (bắt buộc)",
    ]
    assert row["Giá gốc"] == "70000"
    assert row["Xếp hạng"] == "OCOP 3 sao"
    assert row["Mã truy xuất nguồn gốc"] == "MAU-TX-01"
    assert row["Ảnh (bắt buộc)"] == "01-mat-truoc.jpg, 02-mat-sau-co-nhan.jpg, 03-luc-lam.jpg"


def test_each_packing_is_a_row() -> None:
    two = listing(variants=(variant(), variant(sku="TT-MT-500", label="Hũ 500 g", price_vnd=130_000)))

    rows = _rows(_parcel(two))

    assert [row["Giá gốc"] for row in rows] == ["70000", "130000"]
    assert rows[1]["Tên sản phẩm (bắt buộc)"] == "Mắm tép đồng ủ thính gạo rang – Hũ 500 g"


@pytest.mark.parametrize("code", HANDOFFS)
@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_no_cell_is_ever_a_formula(code: str, start: str) -> None:
    nasty = f'{start}HYPERLINK("http://x","y")'
    offered = listing(name=nasty, short_text=nasty, storage=nasty, trace_code=nasty, origin=nasty)

    page = openpyxl.load_workbook(io.BytesIO(_parcel(offered, code)["1-bang-nhap.xlsx"])).active

    cells = [cell for row in page.iter_rows() for cell in row if cell.value is not None]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell.value for cell in cells if cell.value.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_long_text_stays_within_a_cell() -> None:
    assert len(safe_text("=" + "m" * 40_000)) == 32_767


@pytest.mark.parametrize("code", HANDOFFS)
def test_photos_keep_to_the_channels_limits(code: str) -> None:
    limits = registry.channels()[code].images
    noisy = io.BytesIO()
    Image.effect_noise((2100, 1400), 120).convert("RGB").save(noisy, "PNG")
    heavy = replace(photo("front", "#FBF8F1"), open=noisy.getvalue)

    parcel = _parcel(listing(photos=(heavy, *listing().photos[1:])), code)

    content = parcel["3-anh/01-mat-truoc.jpg"]
    assert len(content) <= limits.max_bytes
    assert max(Image.open(io.BytesIO(content)).size) <= limits.max_side
    assert Image.open(io.BytesIO(content)).format == "JPEG"


def test_photos_carry_no_metadata_and_stand_upright() -> None:
    drawn, out = Image.new("RGB", (80, 40), "white"), io.BytesIO()
    exif = drawn.getexif()
    exif[0x0112], exif[0x010F] = 6, "phone maker"
    drawn.save(out, "JPEG", exif=exif)

    parcel = _parcel(
        listing(photos=(replace(photo("front", "white"), open=out.getvalue), *listing().photos[1:]))
    )

    sent = Image.open(io.BytesIO(parcel["3-anh/01-mat-truoc.jpg"]))
    assert sent.size == (40, 80)
    assert dict(sent.getexif()) == {}


def test_no_more_photos_than_the_channel_takes() -> None:
    many = tuple(photo("other", f"#0000{at:02}") for at in range(12))

    parcel = _parcel(listing(photos=many))

    assert len([name for name in parcel if name.startswith("3-anh/")]) == 10


def test_a_photo_nobody_can_read_is_the_co_ops_to_change() -> None:
    broken = replace(photo("front", "#FBF8F1"), open=lambda: b"\xff\xd8\xff nothing")

    with pytest.raises(ListingRejected):
        _parcel(listing(photos=(broken, *listing().photos)))


def test_texts_open_in_an_old_notepad() -> None:
    text = _parcel(listing())["2-chu-de-chep/05-gioi-thieu.txt"]

    assert text.startswith(b"\xef\xbb\xbf")
    assert b"\r\n\r\n" in text
    assert "nước trong thì mắm chín" in text.decode("utf-8-sig")


def test_a_paper_without_a_redacted_copy_is_not_in_the_parcel() -> None:
    bare = listing(certificates=(replace(listing().certificates[0], redacted=None),))

    parcel = _parcel(bare)

    assert not [name for name in parcel if name.startswith("4-giay-to")]
    assert "Không có ảnh giấy tờ" in parcel["huong-dan.html"].decode()


def test_without_a_star_nothing_speaks_of_ocop() -> None:
    parcel = _parcel(listing(stars=None, ocop_decision="", ocop_expires_on=None))

    words = b"".join(content for name, content in parcel.items() if name.endswith((".txt", ".html"))).decode(
        "utf-8"
    )
    assert "OCOP" not in words
    assert _rows(parcel)[0]["Xếp hạng"] == ""


def test_the_guide_is_one_escaped_page_with_steps_and_the_answer_link() -> None:
    page = _parcel(
        listing(name="Mắm <b> & tép"), reply_url="https://ocop.example/g/abc", reply_qr_png=b"\x89PNG"
    )

    html = page["huong-dan.html"].decode()
    assert '<html lang="vi">' in html
    assert "Mắm &lt;b&gt; &amp; tép" in html
    assert "Mở trang quản lý gian hàng" in html
    assert 'href="https://ocop.example/g/abc"' in html
    assert "data:image/png;base64," in html
    assert "<script" not in html


@pytest.mark.parametrize("code", HANDOFFS)
def test_every_step_is_filled_in(code: str) -> None:
    adapter = HandoffAdapter(registry.channels()[code], {})

    steps = adapter.publish(adapter.items(listing())[0]).steps

    assert steps
    assert not [step for step in steps if "{" in step]


def test_a_service_parcel_asks_for_no_weight() -> None:
    (row,) = _rows(_parcel(service(), "buudien"))

    assert row["Cân cả bao bì khi gửi (g)"] == ""
    assert row["Số lượng có sẵn"] == "Liên hệ"


@pytest.mark.parametrize(
    ("url", "accepted"),
    [
        ("https://buudien.vn/p/mam-tep-1.html", True),
        ("https://nongsan.buudien.vn/p/1", True),
        ("https://buudien.vn.evil.example/p/1", False),
        ("https://evil.example/?buudien.vn", False),
        ("https://[bad", False),
        ("ftp://buudien.vn/p/1", False),
        ("https://a:b@buudien.vn/p/1", False),
    ],
)
def test_only_addresses_of_the_marketplace_count(url: str, accepted: bool) -> None:
    assert HandoffAdapter(registry.channels()["buudien"], {}).accepts_url(url) is accepted


def test_an_operator_may_name_the_hosts_of_a_channel_nobody_knew() -> None:
    adapter = HandoffAdapter(registry.channels()["thai_nguyen"], {"hosts": "San.example, khac.example"})

    assert adapter.accepts_url("https://www.san.example/p/1")
    assert not HandoffAdapter(registry.channels()["thai_nguyen"], {}).accepts_url(
        "https://www.san.example/p/1"
    )


@pytest.mark.parametrize(
    ("location", "code"), [("http://evil.example/", "url_not_on_channel"), ("/", "too_many_redirects")]
)
def test_a_redirect_is_followed_only_within_the_marketplace(location: str, code: str) -> None:
    adapter = HandoffAdapter(registry.channels()["buudien"], {})
    opened = []
    adapter.http.call = lambda method, url, **_: (
        opened.append(url) or Reply(302, {"location": location}, b"", False)
    )

    with pytest.raises(RemoteListingNotFound) as caught:
        adapter.read_back("", "http://buudien.vn/p/1")

    assert caught.value.code == code
    assert not [url for url in opened if "evil" in url]


def test_a_strange_address_is_never_opened() -> None:
    with pytest.raises(RemoteListingNotFound) as caught:
        HandoffAdapter(registry.channels()["buudien"], {}).read_back("", "http://169.254.169.254/latest")

    assert caught.value.code == "url_not_on_channel"


def test_a_public_page_is_read_as_a_stranger_sees_it(shop: PracticeServer) -> None:
    adapter = HandoffAdapter(channel("handoff", hosts=("127.0.0.1",)), {})
    product = _on_sale(shop)

    seen = adapter.read_back("", f"{shop.base_url}/san-pham/{product['slug']}")
    adopted = adapter.find_by_url(f"{shop.base_url}/san-pham/{product['slug']}")

    assert (seen.name, seen.price_vnd, seen.photo_count, seen.stars) == ("Mắm tép & thính", 70_000, 1, 4)
    assert (adopted.remote_id, adopted.state) == (adopted.url, "live")
    assert adapter.find_by_url(f"{shop.base_url}/san-pham/99-khong-co") is None


def test_a_page_that_is_gone_or_broken_is_said_so(shop: PracticeServer) -> None:
    adapter = HandoffAdapter(channel("handoff", hosts=("127.0.0.1",)), {})

    with pytest.raises(RemoteListingNotFound):
        adapter.read_back("", f"{shop.base_url}/san-pham/99-khong-co")
    with pytest.raises(MarketplaceUnavailable):
        adapter.read_back("", "http://127.0.0.1:1/san-pham/1")


@pytest.mark.parametrize(
    "html",
    [
        "",
        "<p>Bảo trì",
        '<script type="application/ld+json">{"@type": "Product"',
        '<script type="application/ld+json">[1]</script>',
    ],
)
def test_a_page_without_a_product_is_not_a_product(html: str) -> None:
    with pytest.raises(UnexpectedResponse):
        observe(html, "https://buudien.vn/p/1")


def test_opengraph_serves_where_there_is_no_json_ld() -> None:
    html = (
        '<meta property="og:title" content="Mắm tép"><meta property="product:price:amount" content="70000">'
        '<meta property="og:image" content="a.jpg"><p>OCOP 3 sao</p>'
    )

    seen = observe(html, "https://buudien.vn/p/1")

    # one photo for sharing says nothing of how many there are
    assert (seen.name, seen.price_vnd, seen.photo_count, seen.stars) == ("Mắm tép", 70_000, None, 3)


def _on_sale(shop: PracticeServer) -> dict:
    entry = shop.store.add_media("anh", "image/jpeg", b"\xff\xd8\xff")
    return shop.store.add_product(
        {
            "sku": "A", "status": "publish", "name": "Mắm tép & thính", "regular_price": "70000", "sale_price": "",
            "short_description": "", "description": "", "manage_stock": False, "global_unique_id": "",
            "attributes": [{"name": "Hạng OCOP", "options": ["4 sao"], "visible": True}],
            "images": [{"id": entry["id"], "src": f"{shop.base_url}/anh/{entry['id']}-anh.jpeg"}],
            "stock_quantity": None,
        }
    )  # fmt: skip
