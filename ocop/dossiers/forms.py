"""What is ticked on a dossier's page."""

from __future__ import annotations

from wtforms import SelectField

from ocop.dossiers.mapping import Dossier, paper_words
from ocop.web.forms import BaseForm


class PutPaperForm(BaseForm):
    """Put a paper of the locker to one item."""

    item = SelectField("Cho mục nào", validate_choice=False)
    certificate_id = SelectField("Dùng giấy nào", validate_choice=False)

    def offer(self, dossier: Dossier) -> PutPaperForm:
        self.item.choices = [(row.item.code, row.item.name) for row in dossier.rows]
        self.certificate_id.choices = [(one.id, paper_words(one)) for one in dossier.free]
        return self
