"""How the tests are begun."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"


@pytest.mark.slow
def test_files_named_in_any_order_have_the_fixtures_of_their_folder(tmp_path: Path) -> None:
    below = tmp_path / "tests" / "below"
    below.mkdir(parents=True)
    (tmp_path / "pytest.ini").touch()
    shutil.copy(CONFTEST, tmp_path / "tests")
    (tmp_path / "tests" / "test_above.py").write_text("def test_above(): pass\n")
    (below / "conftest.py").write_text("import pytest\n@pytest.fixture\ndef near(): pass\n")
    for name in ("first", "second"):
        (below / f"test_{name}.py").write_text(f"def test_{name}(near): pass\n")
    named = ["tests/below/test_first.py", "tests/test_above.py", "tests/below/test_second.py"]
    options = ["-p", "no:cacheprovider", "--setup-plan", "-q"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *named],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout
