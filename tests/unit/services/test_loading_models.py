"""A model takes seconds to load, at the first use in each process: nothing else waits for it."""

import threading

import pytest

from matchmaker import embedding
from matchmaker.access import ADMIN
from matchmaker.errors import ModelUnavailable
from matchmaker.settings import Settings
from matchmaker.wiring import Wiring


@pytest.fixture
def wired(tmp_path):
    wired = Wiring(Settings(data_dir=tmp_path, store="", _env_file=None))
    wired.store.prepare()
    yield wired
    wired.store.close()


def test_the_store_is_read_and_written_while_a_model_is_loaded(wired, monkeypatch):
    loading, may_end, done = threading.Event(), threading.Event(), threading.Event()

    def slowly(settings):
        loading.set()
        assert may_end.wait(30)
        raise ModelUnavailable("There is no such model.")

    def load():
        with pytest.raises(ModelUnavailable):
            wired.embedder()

    def use_the_store():
        wired.accounts.create(ADMIN, "a@example.org", "甲", None)
        assert wired.job_queue.page(ADMIN) == []
        done.set()

    monkeypatch.setattr(embedding, "load_embedder", slowly)
    model = threading.Thread(target=load)
    model.start()
    try:
        assert loading.wait(10)
        threading.Thread(target=use_the_store, daemon=True).start()
        assert done.wait(10)
    finally:
        may_end.set()
        model.join(60)
    assert wired.accounts.by_email(ADMIN, "a@example.org").name == "甲"
