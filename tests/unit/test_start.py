"""What a command loads before it does anything."""

import subprocess
import sys

import pytest

HEAVY = {"torch", "sklearn", "matplotlib", "transformers"}


@pytest.mark.slow
def test_the_services_are_wired_without_what_only_some_commands_need():
    """Each of these takes from half a second to several: whoever needs one loads it then."""
    program = "import sys, matchmaker.wiring; print(*{name.split('.')[0] for name in sys.modules})"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split())
