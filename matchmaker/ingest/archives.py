"""Errors of reading an archive that is damaged, encrypted or of a kind nobody reads."""

from __future__ import annotations

import zipfile
import zlib
from typing import Final

# RuntimeError is raised for encrypted members, and NotImplementedError below it for versions and
# ways of packing that are not known; ValueError for names and sizes that cannot be.
UNREADABLE_ARCHIVE: Final = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError,
)  # fmt: skip
