"""Files that hold no table, whatever their name: what each is, told by how it begins."""

from __future__ import annotations

from matchmaker.errors import InvalidInput
from matchmaker.ingest.sheet_files import no_workbook

_WORKBOOKS = (".xlsx", ".xlsm", ".xlsb", ".ods", ".docx")
# PNG, JPEG, GIF, TIFF in both ways; then WebP, HEIC and AVIF, which lie in boxes.
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*")
_BOXED = frozenset({b"WEBP", b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif"})


def refuse_no_table(name: str, head: bytes) -> None:
    """Raise InvalidInput for a picture, a PDF, an XML document, and what is only called a workbook.

    `head` are the first bytes of the file of that name.
    """
    if _is_picture(head):
        raise InvalidInput(
            "is a picture, whatever its name.",
            where=name,
            mend="Ask for the table that it shows, as .xlsx or .csv, or type its lines.",
        )
    if name.lower().endswith(_WORKBOOKS) and b"\0" in head:
        raise no_workbook(name)
    if head.startswith(b"%PDF-"):
        raise InvalidInput(
            "is a PDF document, whatever its name.",
            where=name,
            mend="Ask for the table that it was made from, as .xlsx or .csv.",
        )
    if head.lstrip(b"\xef\xbb\xbf \r\n").startswith(b"<?xml"):
        raise InvalidInput(
            "is an XML document, whatever its name.",
            where=name,
            mend="Open it in Excel, WPS or LibreOffice and save it as .xlsx or .csv.",
        )


def _is_picture(head: bytes) -> bool:
    is_bitmap = head.startswith(b"BM") and head[6:10] == b"\0\0\0\0"
    is_boxed = head[8:12] in _BOXED and (head.startswith(b"RIFF") or head[4:8] == b"ftyp")
    return head.startswith(_PICTURES) or is_bitmap or is_boxed
