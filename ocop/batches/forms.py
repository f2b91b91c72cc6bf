"""What people fill in about lots and stamps."""

from __future__ import annotations

from wtforms import FileField, HiddenField, IntegerField, RadioField, SelectField, StringField, TextAreaField
from wtforms.widgets import HiddenInput

from ocop.batches.rules import LONGEST_LOT, MOST_PER_ROLL, UNITS, Step
from ocop.web.forms import BaseForm, DayField, WholeNumberField, at_most, optional, required
from ocop.web.wording import sentence

_CAPITALS = {"autocapitalize": "characters", "autocomplete": "off", "spellcheck": "false"}
_DAY = {"inputmode": "numeric", "autocomplete": "off"}
_NUMBER = {"inputmode": "numeric", "autocomplete": "off"}


def _word(prefix: str, key: str) -> str:
    return sentence(f"{prefix}_{key}")


class BatchForm(BaseForm):
    version = IntegerField(validators=[optional()], widget=HiddenInput())
    lot_number = StringField("Số lô", [required(), at_most(LONGEST_LOT)], render_kw=_CAPITALS)
    made_on = DayField("Ngày làm", [required()], render_kw=_DAY)
    expires_on = DayField("Hạn dùng", [optional()], render_kw=_DAY)
    quantity = WholeNumberField("Lô này có", [required()], low=1, high=MOST_PER_ROLL, render_kw=_NUMBER)
    unit = SelectField("Đếm theo", choices=list(UNITS))
    note = StringField("Ghi thêm", [optional(), at_most(300)])


class EventForm(BaseForm):
    step = RadioField("Việc gì?", choices=lambda: [(s.value, _word("step", s.value)) for s in Step])
    happened_on = DayField("Làm ngày nào?", [required()], render_kw=_DAY)
    place = StringField("Ở đâu?", [required(), at_most(200)])
    text = TextAreaField("Làm những gì?", [optional(), at_most(1000)], render_kw={"rows": 3})
    photo = FileField("Ảnh", render_kw={"accept": "image/*"})


class RecallForm(BaseForm):
    reason = TextAreaField("Vì sao thu hồi?", [required(), at_most(300)], render_kw={"rows": 3})


class IssueForm(BaseForm):
    target = SelectField("Tem cho hàng nào?", [required()])
    size = WholeNumberField(
        "Lấy bao nhiêu số tem?", [required()], low=1, high=MOST_PER_ROLL, render_kw=_NUMBER
    )
    note = StringField("Ghi thêm", [optional(), at_most(200)])


class PrintForm(BaseForm):
    first = WholeNumberField("Từ tem số", [required()], low=1, render_kw=_NUMBER)
    last = WholeNumberField("Đến tem số", [required()], low=1, render_kw=_NUMBER)
    layout = RadioField("Giấy in", [required()])
    start_at = WholeNumberField("Bắt đầu từ ô thứ", [required()], low=1, render_kw=_NUMBER)
    reason = StringField("Vì sao in lại?", [optional(), at_most(200)])


class ActivateForm(BaseForm):
    roll_id = HiddenField()
    first = StringField("Tem đầu", [required(), at_most(200)], render_kw=_CAPITALS)
    last = StringField("Tem cuối", [optional(), at_most(200)], render_kw=_CAPITALS)
    batch_id = SelectField("Dán lên lô nào?", [required()])


class VoidForm(BaseForm):
    roll_id = HiddenField()
    first = StringField("Tem đầu", [required(), at_most(200)], render_kw=_CAPITALS)
    last = StringField("Tem cuối", [optional(), at_most(200)], render_kw=_CAPITALS)
    reason = RadioField(
        "Vì sao hủy?",
        [required()],
        choices=lambda: [(_word("void_reason", key), _word("void_reason", key)) for key in VOID_REASONS],
    )


VOID_REASONS = ("damaged", "lost", "left_over", "misprint")


class HostForm(BaseForm):
    base_url = StringField(
        "Địa chỉ in trên tem",
        [required(), at_most(100)],
        render_kw={"inputmode": "url", "autocapitalize": "none"},
    )


class HostSeenForm(BaseForm):
    seen = StringField("Sáu chữ số đọc được trên trang thử", [required(), at_most(20)], render_kw=_NUMBER)
