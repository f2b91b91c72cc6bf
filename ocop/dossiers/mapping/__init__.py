"""Papers in the words and files people hand in."""

from ocop.dossiers.mapping.evidence import Dossier, Evidence, ItemRow, Point, paper_words
from ocop.dossiers.mapping.forms import Registration, evidence_file, registration, registration_file
from ocop.dossiers.mapping.letters import Letter, LetterLine, letter, letter_file
from ocop.dossiers.mapping.word import DOCX

__all__ = [
    "DOCX",
    "Dossier",
    "Evidence",
    "ItemRow",
    "Letter",
    "LetterLine",
    "Point",
    "Registration",
    "evidence_file",
    "letter",
    "letter_file",
    "paper_words",
    "registration",
    "registration_file",
]
