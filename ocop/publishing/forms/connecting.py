"""The settings of a booth: one table says what each protocol asks for, one form class is made from each row.

A new protocol needs its row in `ASKED`; names are those of the adapter's settings.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import BooleanField, Field, IntegerField, PasswordField, StringField
from wtforms.widgets import HiddenInput

from marketplace_adapters import registry
from marketplace_adapters.types import ChannelInfo
from ocop.publishing.forms.fields import PLAIN
from ocop.web.forms import BaseForm, DayField, at_most, optional, required
from ocop.web.wording import sentence


@dataclass(frozen=True)
class Asked:
    """One setting. needed: the adapter cannot do without. lan: only asked for shops without TLS on the local
    network. tick: yes or no, with what it is at first."""

    label: str
    hint: str = ""
    needed: bool = True
    secret: bool = False
    lan: bool = False
    tick: bool | None = None
    longest: int = 250


_SITE = Asked("Địa chỉ cửa hàng", "Như trên thanh địa chỉ, ví dụ https://cuahang.vn")
ASKED: Mapping[str, Mapping[str, Asked]] = {
    "woocommerce": {
        "base_url": _SITE,
        "username": Asked("Tên người dùng", "Tên của người được sửa sản phẩm trong cửa hàng."),
        "application_password": Asked(
            "Mật khẩu ứng dụng",
            "Trong trang quản trị: Thành viên, Hồ sơ, Mật khẩu ứng dụng, Thêm mới. Chép dãy chữ hiện ra.",
            secret=True,
        ),
        "without_review": Asked(
            "Bày bán ngay, không chờ duyệt",
            "Chỉ khi đây là cửa hàng của chính cơ sở. Để trống thì hàng chờ người coi cửa hàng duyệt.",
            needed=False,
            tick=False,
        ),
        "consumer_key": Asked(
            "Khóa REST (ck_…)", "Chỉ cho cửa hàng trong mạng nội bộ không có https.", needed=False, lan=True
        ),
        "consumer_secret": Asked("Khóa bí mật REST (cs_…)", needed=False, secret=True, lan=True),
    },
    "seller_form": {
        "base_url": Asked("Địa chỉ trang của sàn", "Như trên thanh địa chỉ."),
        "username": Asked("Tên đăng nhập gian hàng", "Tên dùng để vào trang quản lý gian hàng."),
        "password": Asked("Mật khẩu gian hàng", "Mật khẩu của gian hàng trên sàn.", secret=True),
    },
    "zalo_oa": {
        "app_id": Asked("Mã ứng dụng (App ID)", "Trên developers.zalo.me, trang của ứng dụng."),
        "app_secret": Asked("Khóa bí mật của ứng dụng", "Cùng trang với mã ứng dụng.", secret=True),
        "access_token": Asked(
            "Access token", "Lấy khi cho phép ứng dụng quản lý Zalo OA. Máy tự đổi mới sau đó.", secret=True,
            longest=2000,
        ),
        "refresh_token": Asked(
            "Refresh token", "Mỗi mã chỉ dùng được một lần; máy giữ mã mới nhất.", secret=True, longest=2000
        ),
        "author": Asked(
            "Tên ghi dưới bài", "Để trống thì ghi tên cơ sở; tên dài quá 50 chữ thì phải ghi ở đây.",
            needed=False, longest=50,
        ),
        "dry_run": Asked(
            "Chạy thử: soạn bài nhưng không gửi lên Zalo",
            "Bỏ dấu này khi đã xem bài thử và muốn đăng thật.",
            needed=False,
            tick=True,
        ),
    },
    "facebook": {
        "page_id": Asked("Mã trang Facebook", "Dãy số trong phần Giới thiệu của trang."),
        "page_token": Asked(
            "Mã truy cập trang (page token)", "Của người quản trị trang, có quyền đăng bài.", secret=True,
            longest=1000,
        ),
        "app_secret": Asked("Khóa bí mật của ứng dụng", "Để trống nếu không dùng.", needed=False, secret=True),
        "catalog_id": Asked("Mã danh mục hàng (catalog)", "Để trống nếu chỉ đăng bài.", needed=False),
    },
}  # fmt: skip
_NO = "0"


class SettingsForm(BaseForm):
    """Base of the forms made below. `fields_asked`: name -> what it is, in order."""

    fields_asked: Mapping[str, Asked] = {}
    version = IntegerField(widget=HiddenInput())  # of the booth, where there is one already

    def stand_on(self, version: int | None) -> None:
        """Sent once more, the form is meant for this version."""
        self.version.data, self.version.raw_data = version, None

    def typed(self) -> dict[str, str]:
        """Every setting as it stands in the form; "" where nothing was typed."""
        return {name: self._typed(name, asked) for name, asked in self.fields_asked.items()}

    def _typed(self, name: str, asked: Asked) -> str:
        data = self._fields[name].data
        if asked.tick is not None:
            return "1" if data else _NO
        text = str(data or "").strip()
        return text.rstrip("/") if name == "base_url" else text

    def saved(self, kept: Mapping[str, str]) -> list[tuple[str, str]]:
        """(what, value) of kept settings as they may be shown: no secrets."""
        open_ones = {
            name: one for name, one in self.fields_asked.items() if not one.secret and one.tick is None
        }
        return [(one.label, kept[name]) for name, one in open_ones.items() if kept.get(name)]

    @property
    def shown(self) -> list[tuple[Field, str]]:
        """(field, hint) in order, for the page."""
        return [(self._fields[name], asked.hint) for name, asked in self.fields_asked.items()]


class DoorForm(SettingsForm):
    """Settings of a marketplace's own seller form, and that the marketplace agreed."""

    agreed = BooleanField("Sàn đã đồng ý cho đăng bằng tài khoản này")
    agreed_on = DayField("Ngày sàn đồng ý", [optional()], render_kw={"inputmode": "numeric"})

    def validate(self, extra_validators: Any = None) -> bool:
        """Without the tick nothing else is asked for: the door is closed again."""
        if not self.agreed.data:
            return True
        valid = super().validate(extra_validators)
        if self.agreed_on.data is None and not self.agreed_on.errors:
            self.agreed_on.errors = [sentence("connect_not_agreed")]
            return False
        return valid


def settings_form(
    info: ChannelInfo,
    kept: Mapping[str, str],
    *,
    door: bool = False,
    agreed_on: dt.date | None = None,
    version: int | None = None,
) -> SettingsForm:
    """The form of this marketplace's settings, filled from the request or from what is kept, secrets never.
    door: it is reached through its seller form, to which it agreed on that day. version: of the booth's row."""
    asked = asked_of(info)
    fields = {name: _field(one, kept.get(name, "")) for name, one in asked.items()}
    base = DoorForm if door else SettingsForm
    made = type("ConnectForm", (base,), {**fields, "fields_asked": asked})
    values = {name: _shown(one, kept.get(name)) for name, one in asked.items() if not one.secret}
    values["version"] = version
    if door:
        values |= {"agreed": agreed_on is not None, "agreed_on": agreed_on}
    return made.from_request(**{name: value for name, value in values.items() if value is not None})


def asked_of(info: ChannelInfo) -> dict[str, Asked]:
    """What is asked for this marketplace: its address only where its file has none."""
    known = registry.adapter_class(info.protocol)
    takes = {*known.required_settings, *known.optional_settings}
    return {
        name: asked
        for name, asked in ASKED[info.protocol].items()
        if name in takes and (info.lan or not asked.lan) and not (name == "base_url" and info.site)
    }


def _field(asked: Asked, kept: str) -> Any:
    if asked.tick is not None:
        return BooleanField(asked.label)
    must = asked.needed and not (asked.secret and kept)
    rules = [required() if must else optional(), at_most(asked.longest)]
    if asked.secret:
        return PasswordField(asked.label, rules, render_kw={"autocomplete": "off"})
    typing = {**PLAIN, "inputmode": "url"} if asked is _SITE else PLAIN
    return StringField(asked.label, rules, render_kw=typing)


def _shown(asked: Asked, kept: str | None) -> Any:
    if asked.tick is not None:
        return asked.tick if kept is None else kept != _NO
    return kept
