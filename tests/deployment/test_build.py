"""What `make build` adds to a rule folder, and the zip that RDK makes of it."""

import importlib.util
import json
import marshal
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from rdk import rdk as rdk_module

from deployment.build import SHARED_MODULE, build, check_built, lambda_files, lambda_sources
from deployment.errors import DeploymentError
from deployment.folders import rule_folders
from deployment.staging import copy_rule, stage
from tests.chance import sample

NAMES = [folder.name for folder in rule_folders()]
SOME = ("CMKChanges", "ConfigChanges", "RootAccountUsage")
"""The rules that a test builds, beside the one that it is about."""
# What AWS's Python runtime brings: boto3 and what boto3 itself needs.
RUNTIME = ("boto3", "botocore", "dateutil", "jmespath", "s3transfer", "six", "urllib3")
# Bytes of a rule's zip, and of one with its modules compiled as well.
LIMIT, COMPILED_LIMIT = 260_000, 900_000
THIS_PYTHON = f"python{sys.version_info.major}.{sys.version_info.minor}"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Copy the rule folders as they are in git, without a build."""
    for folder in rule_folders():
        copy_rule(folder, tmp_path / "rules")
    return tmp_path / "rules"


@pytest.fixture
def built(rules: Path, request: pytest.FixtureRequest) -> Path:
    """Build some of the copied rule folders, and remove the others."""
    parameters = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    for folder in rule_folders(rules):
        if folder.name in (*SOME, parameters.get("name")):
            build(folder)
        else:
            shutil.rmtree(folder)
    return rules


def contents(folder: Path) -> dict[str, tuple[bytes, float]]:
    """Return each file's bytes and time."""
    return {
        str(file.relative_to(folder)): (file.read_bytes(), file.stat().st_mtime)
        for file in folder.rglob("*")
        if file.is_file()
    }


def zip_by_rdk(folder: Path, target: Path, monkeypatch: pytest.MonkeyPatch) -> zipfile.ZipFile:
    """Return the zip that RDK's code uploads to S3 for a rule folder."""
    sent = target / "sent.zip"

    class Client:
        def upload_file(self, source: str, bucket: str, key: str) -> None:
            assert (bucket, key) == ("code", f"{folder.name}/{folder.name}.zip")
            sent.write_bytes(Path(source).read_bytes())

    s3 = SimpleNamespace(meta=SimpleNamespace(client=Client()))
    session = SimpleNamespace(region_name="us-east-1", resource=lambda service: s3)
    parameters = json.loads((folder / "parameters.json").read_text())["Parameters"]
    monkeypatch.chdir(folder.parent)
    monkeypatch.setattr("tempfile.tempdir", str(target))
    rdk = object.__new__(rdk_module.rdk)
    rdk._rdk__upload_function_code(folder.name, parameters, "123456789012", session, "code")
    return zipfile.ZipFile(sent)


def test_the_files_of_a_build(built: Path) -> None:
    """A built folder holds the rule's files, its document and the Lambda's packages."""
    for folder in rule_folders(built):
        own = {file.name for file in (rule_folders(names=[folder.name])[0]).glob("*.*")}
        names = contents(folder).keys()
        top_level = {name for name in names if "/" not in name}
        assert top_level == own - {f"{folder.name}.zip"} | {"remediation.json"}
        packages = {name for name in names if "/" in name}
        assert packages == lambda_files().keys()
        assert {"alarmchain/rule.py", "rdklib/evaluator.py"} <= packages
        assert not any("remediation" in name or "/report/" in name for name in packages)


def test_the_function_has_what_it_imports() -> None:
    """Each module of the core in the zip is imported with the function, and no other module is."""
    for module, more in (("rule.py", set()), (SHARED_MODULE, {f"alarmchain/{SHARED_MODULE}"})):
        program = (
            f"import sys, alarmchain.{module.removesuffix('.py')}\n"
            "print(*(name for name in sys.modules if name.split('.')[0] == 'alarmchain'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )
        files = {name for name in lambda_sources(module) if name.startswith("alarmchain/")}
        assert {name_of(file) for file in files} == set(done.stdout.split())
        assert files - set(lambda_sources()) == more


def name_of(file: str) -> str:
    """Return the module's dotted name."""
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_a_build_depends_on_the_sources_only(built: Path) -> None:
    """Building over an earlier build gives the same bytes and times."""
    folder = built / "ConfigChanges"
    run_on(THIS_PYTHON, folder)
    plain = contents(folder)
    build(folder, with_bytecode=True)
    before = contents(folder)
    (folder / "alarmchain" / "__pycache__").mkdir(exist_ok=True)
    (folder / "alarmchain" / "__pycache__" / "rule.cpython-313.pyc").write_bytes(b"old")
    (folder / "rdklib" / "gone.py").write_text("old = True\n")
    (folder / "rdklib" / "errors.py").write_text("changed = True\n")
    build(folder, with_bytecode=True)
    assert contents(folder) == before
    build(folder)
    assert contents(folder) == plain
    assert {name for name in before if not name.endswith(".pyc")} == plain.keys() < before.keys()


def run_on(runtime: str, folder: Path) -> None:
    """Set the rule's SourceRuntime."""
    file = folder / "parameters.json"
    whole = json.loads(file.read_text())
    whole["Parameters"]["SourceRuntime"] = runtime
    file.write_text(json.dumps(whole))


def built_for(runtime: str, folder: Path) -> dict[str, bytes]:
    """Build the rule for this SourceRuntime; return its compiled modules."""
    run_on(runtime, folder)
    build(folder, with_bytecode=True)
    return {name: data for name, (data, _) in contents(folder).items() if name.endswith(".pyc")}


def test_every_module_is_compiled(rules: Path) -> None:
    """Python finds each compiled module, which holds its source's hash and no local path."""
    found = built_for(THIS_PYTHON, rules / "ConfigChanges")
    sources = lambda_sources()
    assert found.keys() == {importlib.util.cache_from_source(name) for name in sources}
    for name, source in sources.items():
        code = found[importlib.util.cache_from_source(name)]
        checked = importlib.util.MAGIC_NUMBER + (3).to_bytes(4, "little")
        assert code[:16] == checked + importlib.util.source_hash(source.read_bytes())
        assert marshal.loads(code[16:]).co_filename == name


@pytest.mark.parametrize("runtime", ["python3.9", "python3.99"])
def test_nothing_is_compiled_for_another_python(rules: Path, runtime: str) -> None:
    """A build for another version of Python is refused, and writes no file."""
    before = contents(rules).keys()
    with pytest.raises(
        DeploymentError, match=f"ConfigChanges runs on {runtime}, but this is python3"
    ):
        built_for(runtime, rules / "ConfigChanges")
    assert contents(rules).keys() == before


def test_a_rule_without_a_runtime(rules: Path) -> None:
    """The error names the file and what it lacks."""
    (rules / "ConfigChanges" / "parameters.json").write_text("{}")
    with pytest.raises(DeploymentError, match=r"Changes/parameters[.]json has no SourceR"):
        build(rules / "ConfigChanges", with_bytecode=True)


def test_an_edited_source_is_used(rules: Path) -> None:
    """After a module is edited, for example in the console, Python ignores the compiled one."""
    folder = rules / "ConfigChanges"
    assert built_for(THIS_PYTHON, folder)
    (folder / "alarmchain" / "parameters.py").write_text("print('edited')\n")
    done = subprocess.run(
        [
            sys.executable,
            "-B",
            "-I",
            "-S",
            "-c",
            "import sys; sys.path += ['.']; import alarmchain.parameters",
        ],
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "edited\n"


def test_a_folder_without_a_build_is_refused(rules: Path, tmp_path: Path) -> None:
    """Nothing is staged, and the error says what to run."""
    with pytest.raises(DeploymentError, match="ConfigChanges is not built: run make build"):
        stage(rule_folders(rules, ["ConfigChanges"]), tmp_path / "staged")
    assert not (tmp_path / "staged").exists()


@pytest.mark.parametrize(
    "change", ["edited", "added", "removed", "document edited", "document removed"]
)
def test_a_folder_with_an_outdated_build_is_refused(built: Path, change: str) -> None:
    """A build is outdated if any file differs from the current sources."""
    folder = built / "ConfigChanges"
    check_built(folder)
    file = folder / "alarmchain" / ("new.py" if change == "added" else "rule.py")
    if change.startswith("document"):
        file = folder / "remediation.json"
    if change.endswith("removed"):
        file.unlink()
    else:
        file.write_text("changed = True\n")
    with pytest.raises(DeploymentError, match="build of rule folder ConfigChanges is outdated"):
        check_built(folder)


def test_staging_skips_what_rdk_left(built: Path, tmp_path: Path) -> None:
    """Tests, the document, and files left by RDK, Python or an earlier staging are not staged."""
    folder = built / "ConfigChanges"
    before = contents(folder)
    (folder / "ConfigChanges.zip").write_bytes(b"zip")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "ConfigChanges.cpython-313.pyc").write_bytes(b"pyc")
    (tmp_path / "staged" / "OldRule").mkdir(parents=True)
    staged = stage([folder], tmp_path / "staged")
    assert [entry.name for entry in staged.iterdir()] == ["ConfigChanges"]
    needless = {"ConfigChanges_test.py", "remediation.json"}
    assert contents(staged / "ConfigChanges") == {
        name: content for name, content in before.items() if name not in needless
    }


@pytest.mark.parametrize(
    ("name", "with_bytecode", "limit"),
    [
        *(
            pytest.param(name, False, LIMIT, marks=[] if name in SOME else pytest.mark.long)
            for name in NAMES
        ),
        (SOME[0], True, COMPILED_LIMIT),
    ],
)
def test_the_zip_that_rdk_uploads(
    built: Path,
    name: str,
    with_bytecode: bool,
    limit: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The zip is small, and has only the staged files."""
    if with_bytecode:
        run_on(THIS_PYTHON, built / name)
    folder = stage([built / name], tmp_path / "staged", with_bytecode=with_bytecode) / name
    expected = set(contents(folder))
    archive = zip_by_rdk(folder, tmp_path, monkeypatch)
    assert {entry for entry in archive.namelist() if not entry.endswith("/")} == expected
    assert any(entry.endswith(".pyc") for entry in archive.namelist()) is with_bytecode
    assert Path(archive.filename or "").stat().st_size < limit


@pytest.mark.parametrize("name", sample(NAMES, 5))
def test_the_zip_needs_only_boto3(
    built: Path, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An interpreter with only boto3 imports the handler from the unpacked zip."""
    zip_by_rdk(built / name, tmp_path, monkeypatch).extractall(tmp_path / "task")
    runtime = tmp_path / "runtime"
    runtime.mkdir()
    for package in RUNTIME:
        spec = importlib.util.find_spec(package)
        assert spec is not None
        assert spec.origin is not None
        origin = Path(spec.origin)
        source = origin.parent if origin.name == "__init__.py" else origin
        (runtime / source.name).symlink_to(source)
    program = f"""
import sys
sys.path += [{str(tmp_path / "task")!r}, {str(runtime)!r}]
import {name} as rule, alarmchain, rdklib
assert callable(rule.lambda_handler)
print(rule.__file__, alarmchain.__file__, rdklib.__file__, sep="\\n")
"""
    # -I -S: Python ignores site-packages, the user's settings and the environment variables.
    isolated = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=False
    )
    assert isolated.stderr == ""
    origins = isolated.stdout.splitlines()
    assert [Path(file).is_relative_to(tmp_path / "task") for file in origins] == [True] * 3
