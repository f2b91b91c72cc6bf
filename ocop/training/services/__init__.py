"""Classes: opened, begun anew, closed; and the tour of five steps."""

from ocop.training.services.classes import begin_anew, close_class, new_slip, new_slips, open_class
from ocop.training.services.sandbox import draw_pictures
from ocop.training.services.tour import next_step, tour_off, tour_on

__all__ = [
    "begin_anew",
    "close_class",
    "draw_pictures",
    "new_slip",
    "new_slips",
    "next_step",
    "open_class",
    "tour_off",
    "tour_on",
]
