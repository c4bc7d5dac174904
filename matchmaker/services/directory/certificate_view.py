"""A certificate as somebody sees it, and whether it still is as they saw it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from matchmaker.domain import Certificate, ClaimTier
from matchmaker.errors import ChangedMeanwhile
from matchmaker.workflow.attachment import Attachment
from matchmaker.workflow.certificate import content_digest


@dataclass(frozen=True, slots=True)
class CertificateView:
    """A certificate as somebody sees it: whether it holds today, and what they may do.

    `file` shows it; None where there is none or it is not for them. `may_confirm` is the tier
    that they can lift it to. `taken_back_on` is the day on which a coordinator took a
    confirmation of it back, also where it was taken out and entered again since.
    """

    certificate: Certificate
    is_valid: bool
    file: Attachment | None
    may_change: bool
    may_confirm: ClaimTier | None
    may_take_back: bool
    taken_back_on: date | None = None

    @property
    def digest(self) -> str:
        """Digest of what readers see of the certificate: its fields, its file, its withdrawal."""
        return content_digest(self.certificate, self.file, self.taken_back_on)

    def require_as(self, seen: str) -> None:
        """Raise ChangedMeanwhile where somebody saw another digest."""
        if seen != self.digest:
            raise ChangedMeanwhile("It was changed since you read it.", mend="Look at it again.")
