"""Organisations of which a number that tells them from all others is on record."""

from __future__ import annotations

from functools import lru_cache


@lru_cache(maxsize=200_000)
def is_verified(credit_code: str, vat: str) -> bool:
    """A unified social credit code (GB 32100-2015) or EU VAT number with a right check digit."""
    if not credit_code and not vat:
        return False
    from stdnum.cn import uscc
    from stdnum.eu import vat as eu_vat

    return bool(credit_code and uscc.is_valid(credit_code)) or bool(vat and eu_vat.is_valid(vat))
