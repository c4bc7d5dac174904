"""Programs for developing and trying: not part of the package."""
