"""What people type to search the log and to choose what goes into the digest. Both forms come by GET."""

from __future__ import annotations

from wtforms import SelectField, StringField
from wtforms.fields.choices import SelectChoice

from ocop.desk.queries.log import Search
from ocop.desk.rules import TOPICS
from ocop.web.forms import BaseForm, DayField, at_most, optional
from ocop.web.wording import sentence


def _topics() -> list[SelectChoice]:
    named = [SelectChoice(topic, sentence(f"topic_{topic}")) for topic in TOPICS]
    return [SelectChoice("", "Mọi việc"), *named]


class LogForm(BaseForm):
    nguoi = StringField("Ai làm", [at_most(100)])
    co_so = StringField("Làm cho cơ sở", [at_most(200)])
    loai = SelectField("Việc gì", [optional()], choices=_topics)
    tu = DayField("Từ ngày", [optional()], render_kw={"inputmode": "numeric"})
    den = DayField("Đến ngày", [optional()], render_kw={"inputmode": "numeric"})

    @property
    def search(self) -> Search:
        return Search(
            self.nguoi.data or "", self.co_so.data or "", self.loai.data or "", self.tu.data, self.den.data
        )
