"""What settings let leave this machine."""

import pytest

from matchmaker.errors import SettingsError
from matchmaker.mail import Mailer
from matchmaker.settings import Settings
from matchmaker.store.opening import open_store


def settings(**values):
    return Settings(_env_file=None, **values)


@pytest.mark.parametrize("scheme", ["neo4j", "bolt"])
def test_nothing_leaves_this_machine_in_the_clear_unless_somebody_says_so(scheme):
    with pytest.raises(SettingsError, match="without encryption"):
        open_store(settings(store=f"{scheme}://neo4j@graph.example.org:7687"))
    for store in (
        f"{scheme}+s://neo4j@graph.example.org:7687",
        f"{scheme}://neo4j@127.0.0.1:7687",
        f"{scheme}://neo4j@[::1]:7687",
        f"{scheme}://neo4j@localhost",
    ):
        open_store(settings(store=store)).close()  # it connects when it is first asked
    open_store(settings(store=f"{scheme}://neo4j@10.0.0.7:7687", unencrypted=True)).close()


def test_a_mail_server_elsewhere_is_spoken_to_over_tls():
    mailer = Mailer(settings(smtp_host="mail.example.org", smtp_tls=False))
    with pytest.raises(SettingsError, match="MATCHMAKER_SMTP_TLS"):
        mailer.send("wang@example.org", "Hello", "Text")
