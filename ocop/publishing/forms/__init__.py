"""Forms of booths and posts."""

from ocop.publishing.forms.answers import AdoptForm, AnswerForm
from ocop.publishing.forms.booths import BoothForm, CategoryForm
from ocop.publishing.forms.clerk import PinForm, PostLinkForm, QueueLinkForm
from ocop.publishing.forms.connecting import DoorForm, SettingsForm, settings_form

__all__ = [
    "AdoptForm",
    "AnswerForm",
    "BoothForm",
    "CategoryForm",
    "DoorForm",
    "PinForm",
    "PostLinkForm",
    "QueueLinkForm",
    "SettingsForm",
    "settings_form",
]
