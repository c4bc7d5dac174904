"""Languages in which lists are written: those of names of countries, and of months."""

from __future__ import annotations

# Whose names of months are words of their own; of others one may be another month's (listopad).
MONTH_LANGUAGES = (
    "en", "de", "fr", "es", "it", "pt", "nl", "sv", "da", "nb", "pl", "cs", "ro", "ru",
)  # fmt: skip
LANGUAGES = (
    *MONTH_LANGUAGES, "zh", "zh_Hant", "fi", "sk", "hu", "bg", "hr", "sl", "lt", "lv", "et", "el",
    "tr", "uk", "ja", "ko", "vi", "th", "id", "ar", "he",
)  # fmt: skip
