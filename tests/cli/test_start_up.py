"""Which libraries a command loads: those that it does not need would slow down its start."""

import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
AWS_LIBRARIES = {"boto3", "botocore", "rdklib"}
PATTERN = "{ $.eventName = DisableKey }"
EXAMPLE = str(CHECKOUT / "docs" / "example-account.json")


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["coverage", "--rule", "CMKChanges", PATTERN], set()),
        (["coverage", "--rule", "CMKChanges", "--format", "json", PATTERN], set()),
        (["coverage", "--template", "t.yaml"], {"yaml"}),
        (["match", PATTERN, "event.json"], set()),
        (["match", PATTERN, "event.json", "--format", "json"], set()),
        (["rules"], set()),
        (["new-rule", "Own", "--pattern", PATTERN], set()),
        (["audit", "--snapshot", EXAMPLE], set()),
        (["remedy", "--snapshot", EXAMPLE, "--rule", "CMKChanges"], set()),
        (["audit", "--snapshot", EXAMPLE, "--format", "json"], set()),
        (["audit", "--snapshot", EXAMPLE, "--format", "html"], {"jinja2"}),
    ],
    ids=lambda value: " ".join(value[:2]) if isinstance(value, list) else "",
)
def test_a_command_loads_only_its_own_libraries(
    tmp_path: Path, arguments: list[str], loaded: set[str]
) -> None:
    """No command that reads only files loads the libraries for AWS."""
    (tmp_path / "t.yaml").write_text("Resources: {}")
    (tmp_path / "event.json").write_text("{}")
    (tmp_path / "alarmchain").mkdir()
    (tmp_path / "alarmchain" / "rule.py").touch()  # a checkout for new-rule
    (tmp_path / "rules").mkdir()
    code = (
        "import sys\nfrom alarmchain.cli.main import main\n"
        "try: main(sys.argv[1:])\nexcept SystemExit: pass\n"
        "print(*sys.modules, file=sys.stderr)"
    )
    completed = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        cwd=tmp_path,
        env={"PYTHONPATH": str(CHECKOUT)},
        capture_output=True,
        text=True,
        check=True,
    )
    watched = {"yaml", "jinja2", "rich", "cfnlint", "moto", "lark"} | AWS_LIBRARIES
    assert watched & set(completed.stderr.split()) == loaded
