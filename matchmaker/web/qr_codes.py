"""Addresses as pictures for a phone's camera."""

from __future__ import annotations

import segno


def qr_code(address: str, scale: int = 4) -> str:
    """The address as a QR code, an SVG in a data URI."""
    return str(segno.make(address).svg_data_uri(scale=scale, border=3, light="white"))
