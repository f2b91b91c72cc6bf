"""The file of a producer that comes from another install."""

from __future__ import annotations

from flask import request
from werkzeug.datastructures import FileStorage
from wtforms import FileField, SelectField
from wtforms.fields.choices import SelectChoice

from ocop.web.forms import BaseForm, optional
from ocop.web.wording import sentence


class TransferForm(BaseForm):
    """Either sent with the form, or laid into a folder of the machine when it is too big for that."""

    file = FileField("Tệp ZIP", render_kw={"accept": ".zip,application/zip"})
    waiting = SelectField("Hoặc tệp đã chép vào máy chủ", [optional()], validate_choice=False)

    def offer(self, names: list[str]) -> TransferForm:
        self.waiting.choices = [
            SelectChoice(value="", label="Không"),
            *(SelectChoice(value=name, label=name) for name in names),
        ]
        self.names = names
        return self

    @property
    def upload(self) -> FileStorage | None:
        """A file that was really chosen."""
        found = request.files.get("file")
        return found if found is not None and found.filename else None

    def validate(self) -> bool:  # type: ignore[override]
        known = not self.waiting.data or self.waiting.data in self.names
        if super().validate() and known and (self.upload is not None or self.waiting.data):
            return True
        self.file.errors = [*self.file.errors, sentence("transfer_no_file")]
        return False
