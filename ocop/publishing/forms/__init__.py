"""Forms of booths and posts."""

from ocop.publishing.forms.answers import AdoptForm, AnswerForm
from ocop.publishing.forms.booths import BoothForm, ConnectForm

__all__ = ["AdoptForm", "AnswerForm", "BoothForm", "ConnectForm"]
