"""The child: reads one job and one workbook from standard input, answers on standard output."""

from __future__ import annotations

import io
import json
import resource
import sys
import warnings
from typing import Any

_MEMORY = 900 * 1024 * 1024
_CPU_SECONDS = 45


def main(job: dict[str, Any], content: bytes) -> tuple[dict[str, Any], bytes]:
    from ocop.reports.decoder import filling  # openpyxl only under the limits

    try:
        book = filling.opened(content)
    except MemoryError:
        return {"refused": "template_too_complex"}, b""
    except Exception:
        return {"refused": "template_not_xlsx"}, b""
    if filling.too_large(book):
        return {"refused": "template_too_complex"}, b""
    if job["do"] == "look":
        names, wrong = filling.look(book, frozenset(job["known"]))
        return {"names": names, "wrong": wrong}, b""
    filling.fill(book, job["values"], job["rows"])
    for sheet in job["behind"]:
        filling.put_behind(book, sheet["title"], sheet["headings"], sheet["rows"])
    out = io.BytesIO()
    book.save(out)
    return {}, out.getvalue()


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    warnings.simplefilter("ignore")  # what openpyxl thinks of an office's file is nobody's business
    head = sys.stdin.buffer.readline()
    answer, body = main(json.loads(head), sys.stdin.buffer.read())
    sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n" + body)
