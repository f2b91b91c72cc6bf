"""The pages by which a producer leaves and comes: for its owner, and for the operator."""

from __future__ import annotations

import io
import zipfile

from sqlalchemy import select
from sqlalchemy.orm import Session

from ocop.accounts.models import User
from ocop.accounts.rules import Role, ScopeKind
from ocop.db.audit import AuditEntry
from ocop.portability.rules import transfer_path
from tests.browser_client import Browser
from tests.factories import a_grant, an_operator, an_owner, an_upload
from tests.features.portability.conftest import Full, Install


def _operator(session: Session) -> User:
    return an_operator(session)[0]


def test_an_owner_takes_everything_away_and_it_is_written_down(
    session: Session, full: Full, browser: Browser
) -> None:
    a_grant(session, full.user, Role.PRODUCER_OWNER, ScopeKind.PRODUCER, full.producer.id)
    session.commit()
    browser.sign_in(full.user)

    form = browser.open("/co-so/mang-di").form("mang-di")
    file = form.submit()

    assert file.response.mimetype == "application/zip"
    assert "manifest.json" in zipfile.ZipFile(io.BytesIO(file.response.data)).namelist()
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "producer.export")).one()
    assert (entry.user_id, entry.producer_id) == (full.user.id, full.producer.id)


def test_an_operator_sends_a_file_looks_at_it_and_takes_the_producer_over(
    session: Session, full: Full, here: Install, browser: Browser
) -> None:
    browser.sign_in(_operator(session))
    data = here.export(full.producer.id)

    page = browser.open("/van-hanh/nhan-co-so").form(button="Xem trong tệp")
    page.values["file"] = [an_upload("co-so.zip", data)]
    preview = page.submit()
    made = preview.form("/nhan", button="Nhận cơ sở này").submit()

    assert full.producer.name in preview.heading
    assert "đã có cơ sở cùng tên" in preview.text and "1 đợt tem" in preview.text
    assert "1 mã hàng đã có ở đây nên đổi mã mới" in preview.text
    assert "Đã nhận" in made.text
    log = browser.raw(str(made.html.select_one("a[href*=lich-su]")["href"]))
    assert log.mimetype == "application/json" and b"create.batch" in log.data


def test_a_file_laid_into_the_machine_s_folder_can_be_chosen(
    session: Session, full: Full, here: Install, browser: Browser
) -> None:
    browser.sign_in(_operator(session))
    folder = here.config.var / "nhan-co-so"
    folder.mkdir()
    (folder / "lon.zip").write_bytes(here.export(full.producer.id))

    form = browser.open("/van-hanh/nhan-co-so").form(button="Xem trong tệp")
    preview = form.fill(waiting="lon.zip").submit()
    put_away = preview.form("/bo").submit()

    assert "lon.zip" in preview.text and "Đã bỏ" in put_away.text
    assert not list((here.config.var / "transfers").glob("*.zip"))


def test_a_file_that_is_something_else_is_refused_with_a_sentence(
    session: Session, here: Install, browser: Browser
) -> None:
    browser.sign_in(_operator(session))

    form = browser.open("/van-hanh/nhan-co-so").form(button="Xem trong tệp")
    form.values["file"] = [an_upload("anh.zip", b"khong phai")]
    refused = form.submit(status=422)
    nothing = browser.open("/van-hanh/nhan-co-so").form(button="Xem trong tệp").submit(status=422)
    outside = browser.post("/van-hanh/nhan-co-so", {"waiting": "../ocop.db"})

    assert "không phải tệp mang dữ liệu đi" in refused.text
    assert "Chưa chọn tệp ZIP" in nothing.text
    assert outside.status_code == 422
    assert not transfer_path(here.config.var, "x").parent.exists() or not list(
        transfer_path(here.config.var, "x").parent.iterdir()
    )


def test_somebody_else_s_producer_is_not_there_to_take(
    session: Session, full: Full, browser: Browser
) -> None:
    stranger, _producer, _actor = an_owner(session)
    browser.sign_in(stranger)

    answer = browser.post(f"/van-hanh/co-so/{full.producer.id}/mang-di.zip")

    assert answer.status_code == 403
