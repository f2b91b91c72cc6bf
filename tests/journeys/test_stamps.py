"""Stamps as the shopper meets them: printed by a running town, photographed, scanned over HTTP, in every state."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from sqlalchemy import delete, text

from ocop.batches import services
from ocop.batches.models import Batch, StampRoll
from ocop.db.base import VIETNAM
from ocop.db.engine import open_session
from ocop.listings.models import Listing
from ocop.producers.models import Producer
from tests.features.batches.stamping import BASE_URL, Shop
from tests.journeys.running import Town
from tests.journeys.visiting import HELP, HOTLINE, TODAY, YESTERDAY, Said, Stall, Visitor, a_stall, written
from traceability.layouts import layouts
from traceability.serials import grouped

NAME = "HTX Mắm tép Đồng Trũng (mẫu)"
FORBIDDEN = (
    "hàng thật|hàng giả|hàng nhái|chính hãng|đã xác thực|được bảo đảm|an toàn tuyệt đối|cam kết 100%|đã kiểm định"
    "|xã xác nhận|nhà nước bảo hộ|hộ chiếu số|nhãn điện tử|tem bộ công an|lừa đảo|vi phạm|nghi ngờ|đáng ngờ"
)
_neighbourhoods = count(1)


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Behind a proxy that is trusted, so that each visitor has an address."""
    settings = {"OCOP_TRUSTED_PROXIES": "1", "OCOP_HELP_PHONE": HELP}
    town = Town(tmp_path_factory.mktemp("town") / "var", demo=False, settings=settings).start()
    yield town
    town.press_ctrl_c()


@pytest.fixture(scope="module")
def stall(town: Town) -> Iterator[Stall]:
    with a_stall(town.var) as stall:
        yield stall


@pytest.fixture
def shopper(town: Town) -> Visitor:
    """Somebody in a neighbourhood of their own, whom no other test's scans hold back."""
    return Visitor(town.url, f"10.{next(_neighbourhoods)}.7.7")


def _read_in_order(pdf: bytes, layout_name: str, dpi: int = 300) -> Iterator[tuple[str, list[str]]]:
    """Page by page what a camera reads at each place, with the numbers printed below the symbols."""
    layout, dots = layouts()[layout_name], dpi / 25.4
    document = pypdfium2.PdfDocument(pdf)
    for page in document:
        image = page.render(scale=dpi / 72, grayscale=True).to_numpy()
        numbers = re.findall(r"\w{4}-\w{4}-\w{5}", page.get_textpage().get_text_bounded())
        for place, number in enumerate(numbers):
            x, y = (round(side * dots) for side in layout.corner(place))
            width, height = (round(side * dots) for side in layout.stamp)
            found = zxingcpp.read_barcodes(image[y : y + height, x : x + width])
            yield number, [symbol.text for symbol in found]


def test_a_sheet_of_1000_stamps_taken_and_printed_over_http_decodes_to_the_roll_in_order(
    town: Town, stall: Stall
) -> None:
    lot = stall.with_lot(1_000).batch_id
    owner = stall.owner(town.url)

    roll = owner.send(owner.open(f"/tem/lay-so?lo={lot}"), "", target=f"lot:{lot}", size="1000")
    pdf = owner.send(roll, "/in", first="1", last="1000", layout="tomy-145").response
    stamps = list(_read_in_order(pdf.content, "tomy-145"))
    codes = stall.codes(int(roll.response.url.rpartition("/")[2]))

    assert (pdf.status_code, pdf.headers["Content-Type"]) == (200, "application/pdf")
    assert len(set(codes)) == len(stamps) == 1_000
    assert [number for number, _ in stamps] == [grouped(code) for code in codes]
    assert [read for _, read in stamps] == [[f"{BASE_URL}/T/{code}"] for code in codes]


def _expect(page: Said, head: str, text: str, advice: str, status: int = 200) -> None:
    """The agreed sentences word for word: the head with its drawing, and each of the others a paragraph of its own."""
    assert (page.heading, page.status) == (head, status)
    assert page.html.select("h1 svg")
    for sentence in filter(None, (text, advice)):
        assert page.paragraphs.count(sentence) == 1, (sentence, page.paragraphs)
    assert not re.search(FORBIDDEN, page.text.lower())


def _of(shop: Shop) -> Batch:
    with open_session(shop.engine, read_only=True) as session:
        return session.get_one(Batch, shop.batch_id)


def _hour(instant: object) -> str:
    local = instant.astimezone(VIETNAM)
    return f"{local.hour}:{local.minute:02}, {written(local.date())}"


def test_one_stamp_says_the_gravest_thing_known_as_its_troubles_pile_up(
    stall: Stall, shopper: Visitor
) -> None:
    shop = stall.with_lot()
    roll, lot = shop.roll(), _of(shop).lot_number
    address, number = f"/T/{shop.code(roll, 3)}", grouped(shop.code(roll, 3))

    _expect(
        shopper.open(address),
        "Tem chưa được kích hoạt",
        f"Tem này của {NAME}, nhưng cơ sở chưa báo đã dán lên hàng. Có thể cơ sở quên bước này.",
        f"Gọi {HOTLINE}, đọc số tem {number} để hỏi.",
    )
    shop.activate(roll)
    _expect(
        shopper.open(address),
        "Tem có trong hệ thống, đã kích hoạt",
        f"Tem của {NAME}, lô {lot}, kích hoạt ngày {written(TODAY)}. "
        "Thông tin dưới đây do cơ sở khai và chịu trách nhiệm.",
        "So số tem, tên hàng và hạn dùng với bao bì đang cầm. Tem không thay cho việc kiểm tra chất lượng.",
    )
    shop.change(Batch, shop.batch_id, expires_on=YESTERDAY)
    _expect(
        shopper.open(address),
        f"Hàng đã quá hạn sử dụng ({written(YESTERDAY)})",
        f"Tem của {NAME}, lô {lot}.",
        f"Không nên dùng. Nếu vừa mua, báo nơi bán hoặc gọi {HOTLINE}.",
    )
    shop.void(roll, 3)
    _expect(
        shopper.open(address),
        "Tem này cơ sở đã hủy",
        f"{NAME} báo hủy tem ngày {written(TODAY)}; tem hủy không dùng để dán lên hàng.",
        f"Nếu tem đang ở trên hàng, gọi {HOTLINE} và đọc số tem.",
    )
    shop.do(services.hold, batch_id=shop.batch_id)
    _expect(
        shopper.open(address),
        "Cơ sở đang kiểm tra lô này",
        f"Từ {_hour(_of(shop).held_at)}, {NAME} tạm ngừng bán lô {lot} để kiểm tra. Chưa có kết quả.",
        f"Nếu đã mua, nên tạm chưa dùng; gọi {HOTLINE}.",
    )
    shop.do(services.recall, batch_id=shop.batch_id, reason="nắp phồng ở một số hũ")
    _expect(
        shopper.open(address),
        "Lô này đang được cơ sở thu hồi – xin ngừng dùng",
        f"{NAME} thông báo thu hồi lô {lot} từ {_hour(_of(shop).recalled_at)}. "
        "Lý do cơ sở nêu: nắp phồng ở một số hũ.",
        f"Giữ lại bao bì, gọi {HOTLINE} để trả hàng hoặc được hướng dẫn.",
    )
    shop.do(services.close_recall, batch_id=shop.batch_id)
    _expect(
        shopper.open(address),
        f"Lô này đã thu hồi xong ngày {written(TODAY)}",
        f"Hàng còn sót của lô {lot} không nên dùng.",
        f"Gọi {HOTLINE} nếu vẫn còn giữ hàng.",
    )


def test_a_practice_stamp_says_so_before_a_recall_a_hold_and_a_cancellation(
    stall: Stall, shopper: Visitor
) -> None:
    shop = stall.with_lot()
    roll = shop.roll(practice=True)
    shop.activate(roll)
    shop.void(roll, 1)
    shop.do(services.hold, batch_id=shop.batch_id)
    shop.do(services.recall, batch_id=shop.batch_id, reason="tập thu hồi")

    page = shopper.open(f"/T/{shop.code(roll)}")

    _expect(
        page,
        "TEM MẪU – không dùng cho hàng bán",
        "Tem in để tập huấn, trình diễn.",
        f"Thấy tem này trên hàng bán, báo {HELP}.",
    )


@pytest.mark.parametrize("activated", [True, False])
def test_a_stamp_past_its_best_before_day_says_so_activated_or_not(
    stall: Stall, shopper: Visitor, activated: bool
) -> None:
    shop = stall.with_lot()
    roll, lot = shop.roll(), _of(shop).lot_number
    if activated:
        shop.activate(roll)
    shop.change(Batch, shop.batch_id, expires_on=YESTERDAY)
    shop.change(Listing, shop.listing.id, date_style="best_before")

    page = shopper.open(f"/T/{shop.code(roll)}")
    shop.change(Listing, shop.listing.id, date_style="use_by")

    _expect(
        page,
        f'Đã qua ngày "sử dụng tốt nhất trước" ({written(YESTERDAY)})',
        f"Tem của {NAME}, lô {lot}. Sau ngày này chất lượng có thể giảm.",
        f"Xem kỹ trước khi dùng; hỏi nơi bán hoặc {HOTLINE}.",
    )


def test_without_a_number_that_may_be_published_the_shopper_is_sent_to_the_seller(
    stall: Stall, shopper: Visitor
) -> None:
    shop = stall.with_lot()
    roll = shop.roll()
    shop.change(Producer, shop.producer.id, hotline_consent_at=None)

    page = shopper.open(f"/T/{shop.code(roll)}")
    shop.change(Producer, shop.producer.id, hotline_consent_at=_of(shop).created_at)

    assert f"Gọi nơi bán, đọc số tem {grouped(shop.code(roll))} để hỏi." in page.paragraphs
    assert HOTLINE not in page.text


UNKNOWN = (
    "Không tìm thấy số tem này",
    "Hệ thống không có số vừa quét. Có thể tem thuộc hệ thống khác, hoặc mã mờ nên máy đọc sai. "
    "Chỉ từ điều này chưa nói được gì về hàng.",
    "Xem tên, địa chỉ, số điện thoại trên nhãn và hỏi nơi bán.",
    404,
)


def test_a_record_that_was_lost_is_being_restored_and_a_number_never_issued_is_unknown(
    stall: Stall, shopper: Visitor
) -> None:
    shop = stall.with_lot()
    lost, kept = shop.roll(5), shop.roll(5)
    with open_session(stall.engine) as session:
        session.execute(delete(StampRoll).where(StampRoll.id == lost.id))
        session.commit()

    _expect(
        shopper.open(f"/T/{shop.code(lost)}"),
        "Hệ thống đang khôi phục hồ sơ của tem này",
        "Số tem đúng quy cách của hệ thống; thông tin lô chưa hiện được. Chưa kết luận gì về hàng.",
        f"Quét lại sau; cần gấp gọi {HELP}.",
    )
    for never in (shop.code(kept.id + 1), shop.code(kept, 6), shop.code(kept, 0), shop.code(0), "A" * 13):
        _expect(shopper.open(f"/T/{never}"), *UNKNOWN)


def test_a_number_typed_wrong_is_told_how_numbers_look(stall: Stall, shopper: Visitor) -> None:
    never = stall.shop.code(max(stall.rolls()) + 1)

    for typed in ("a7k2-9mxz", never):
        _expect(
            shopper.open(f"/tra-tem?so={typed}"),
            "Số tem nhập chưa đúng",
            "Số tem có 13 ký tự, chia ba nhóm. Không có chữ I, L, O, U.",
            "Xem lại từng nhóm rồi nhập lại.",
            404,
        )


def test_scanning_too_fast_is_asked_to_wait_a_minute(stall: Stall, shopper: Visitor, town: Town) -> None:
    address = f"/t/{stall.shop.code(stall.with_lot().roll())}"

    pages = (shopper.open(address) for _ in range(122))  # a new minute may begin once in between
    told = next(page for page in pages if page.status != 200)

    _expect(told, "Quét quá nhanh, xin đợi một phút", "", "", 429)
    assert Visitor(town.url, f"10.{next(_neighbourhoods)}.7.7").open(address).status == 200


def _size(stall: Stall, *, packed: bool = False) -> tuple[int, int]:
    """Bytes of the database by its own count and as a file, everything written out of the log into it.

    ``packed``: first the room that earlier tests left in it is given back, so that nothing can hide there.
    """
    deadline = time.monotonic() + 30
    with stall.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        driver = connection.connection.dbapi_connection
        if packed:
            driver.execute("VACUUM")
        while driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
            assert time.monotonic() < deadline, "somebody reads all the time"
        pages = connection.execute(text("SELECT * FROM pragma_page_count")).scalar_one()
        page = connection.execute(text("SELECT * FROM pragma_page_size")).scalar_one()
    return pages * page, Path(stall.config.var / "ocop.db").stat().st_size


def test_a_million_stamps_with_three_scanned_and_cancelled_cost_at_most_64_kilobytes(
    stall: Stall, shopper: Visitor
) -> None:
    shop = stall.with_lot(1_000_000)
    before = _size(stall, packed=True)

    roll = shop.roll(1_000_000)
    for first, last in ((1, 400_000), (400_001, 999_999), (1_000_000, 1_000_000)):
        shop.activate(roll, first, last)
    watched = (1, 500_000, 1_000_000)
    heads = [shopper.open(f"/T/{shop.code(roll, index)}").heading for index in watched]
    _until_imported(stall, [(roll.id, index) for index in watched])
    for index in watched:
        shop.void(roll, index)
    after = _size(stall)

    assert heads == ["Tem có trong hệ thống, đã kích hoạt"] * 3
    assert after[0] - before[0] <= 64 * 1024
    assert after[1] - before[1] <= 64 * 1024
    assert shopper.open(f"/T/{shop.code(roll, 500_000)}").heading == "Tem này cơ sở đã hủy"
    print(f"grown: {after[0] - before[0]} bytes by page count, {after[1] - before[1]} as a file")


def _until_imported(stall: Stall, wanted: list[tuple[int, int]]) -> None:
    """The town's own worker brings the scans in."""
    deadline = time.monotonic() + 30
    while not set(wanted) <= set(stall.scans()):
        assert time.monotonic() < deadline, "the worker did not import the scans"
        time.sleep(0.1)
