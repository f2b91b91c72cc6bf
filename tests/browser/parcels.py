"""What the clerk at the post office does with a downloaded parcel: unpack it, open the sheet, look at the photos."""

from __future__ import annotations

import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import openpyxl
from PIL import Image

SHEET = "1-bang-nhap.xlsx"


def unpacked(parcel: Path, folder: Path) -> Path:
    with zipfile.ZipFile(parcel) as opened:
        opened.extractall(folder)
    return folder


def through_libreoffice(sheet: Path, folder: Path) -> Path:
    """The sheet opened by LibreOffice and saved again. Fails, never skips, where it is not installed."""
    office = shutil.which("soffice")
    assert office, "this test needs the package libreoffice-calc"
    profile = f"-env:UserInstallation=file://{folder / 'profile'}"
    command = [office, profile, "--headless", "--convert-to", "xlsx", "--outdir", str(folder), str(sheet)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return folder / sheet.name


def row_of(sheet: Path) -> dict[str, str]:
    """The only row, by column label; no cell of the whole book may be a formula."""
    book = openpyxl.load_workbook(sheet)
    formulas = [
        cell.coordinate
        for page in book
        for line in page.iter_rows()
        for cell in line
        if cell.data_type == "f"
    ]
    assert formulas == []
    head, row = book.active.iter_rows(values_only=True)
    return {label: str(value or "") for label, value in zip(head, row, strict=True)}


def photos_in(folder: Path) -> list[Image.Image]:
    """The photos in the order of their names: JPEG of at most 2 MB, with nothing in them but the picture."""
    found = []
    for file in sorted((folder / "3-anh").iterdir()):
        data = file.read_bytes()
        assert len(data) <= 2_000_000
        image = Image.open(io.BytesIO(data))
        assert image.format == "JPEG"
        assert not image.getexif()
        assert b"Exif" not in data
        found.append(image.convert("RGB"))
    return found
