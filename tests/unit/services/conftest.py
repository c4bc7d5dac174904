"""Installations of their own, sharing the model folder that takes half a gigabyte."""

import os
from pathlib import Path

import pytest

from matchmaker.settings import Settings
from matchmaker.wiring import wire


@pytest.fixture(scope="session")
def model_folder() -> Path:
    """Where the packaged model is unpacked, once for all runs of the tests."""
    folder = Path(os.environ.get("MATCHMAKER_DATA_DIR", "var")).resolve() / "models"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def wired(tmp_path, model_folder):
    """An empty installation with a prepared SQLite store."""
    (tmp_path / "models").symlink_to(model_folder)
    services = wire(Settings(data_dir=tmp_path, store="", _env_file=None))
    services.store.prepare()
    yield services
    services.store.close()
