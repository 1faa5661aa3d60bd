"""Builds the one artifact that both an AWS account and the laptop take.

`python -m infra.package` leaves in `build/`: `deployment.zip`, the code of every function,
and `template.json`, the SAM template that refers to it.
"""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import yaml

from infra import repack

ROOT = Path(__file__).resolve().parents[1]
_CHALICE = "from chalice.cli import main; main()"  # it has no `python -m` of its own
_EMPTY_APP = """from chalice import Chalice
app = Chalice("none")
@app.lambda_function()
def none(event, context):
    return None
"""
_OWN_INPUTS = ("resources.yaml", "package.py", "repack.py", "precompile.py")
_LAMBDA_ZIP_LIMIT = 50_000_000
_LAMBDA_UNZIPPED_LIMIT = 250 * 2**20


class PackagingFailed(Exception):
    """The artifact cannot be trusted; the message says why."""


@dataclass(frozen=True)
class Artifact:
    """What was built, and the hash by which a deployment tells it from another."""

    code: Path
    template: Path
    sha256: str
    size: int
    rebuilt: bool


def package(project: Path = ROOT, build: Path | None = None) -> Artifact:
    """The artifact for the project as it is now; built only if an input changed."""
    build = build or project / "build"
    build.mkdir(parents=True, exist_ok=True)
    with _alone(build):
        return _package(project, build)


def _package(project: Path, build: Path) -> Artifact:
    inputs = _fingerprint(project)
    stamp = build / "package.json"
    known = json.loads(stamp.read_text()) if stamp.exists() else {}
    code, template = build / "deployment.zip", build / "template.json"
    if known.get("inputs") == inputs and code.exists() and template.exists():
        return Artifact(code, template, known["sha256"], known["size"], rebuilt=False)
    stamp.unlink(missing_ok=True)
    dependencies = _dependencies(project, build)
    with tempfile.TemporaryDirectory() as folder:
        staged = _stage_application(project, Path(folder))
        _run_chalice(staged, Path(folder) / "out")
        repack.add_application(Path(folder) / "out" / "deployment.zip", dependencies, code)
        _write_template(Path(folder) / "out" / "sam.yaml", template)
    _check(code, project)
    sha256, size = hashlib.sha256(code.read_bytes()).hexdigest(), code.stat().st_size
    stamp.write_text(json.dumps({"inputs": inputs, "sha256": sha256, "size": size}))
    return Artifact(code, template, sha256, size, rebuilt=True)


@contextmanager
def _alone(build: Path) -> Iterator[None]:
    """Whoever else packages here at the same time waits, and then finds it done."""
    with (build / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint(project: Path) -> str:
    digest = hashlib.sha256(sys.version.encode())
    for path in _inputs(project):
        digest.update(str(path).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _inputs(project: Path) -> Iterable[Path]:
    yield project / "app.py"
    yield project / "requirements.txt"
    yield project / ".chalice" / "config.json"
    yield from sorted((project / ".chalice").glob("policy-*.json"))
    yield from sorted(
        path
        for path in (project / "chalicelib").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    )
    yield from (ROOT / "infra" / n for n in _OWN_INPUTS)


def _dependencies(project: Path, build: Path) -> Path:
    """The repacked dependencies, kept: requirements change seldom, code changes all day."""
    requirements = project / "requirements.txt"
    digest = hashlib.sha256(sys.version.encode())
    for path in (requirements, ROOT / "infra" / "repack.py"):
        digest.update(path.read_bytes())
    kept = build / f"dependencies-{digest.hexdigest()[:16]}.zip"
    if kept.exists():
        return kept
    for stale in build.glob("dependencies-*"):
        stale.unlink()
    with tempfile.TemporaryDirectory() as folder:
        staged = Path(folder) / "app"
        (staged / ".chalice").mkdir(parents=True)
        (staged / ".chalice" / "config.json").write_text('{"version": "2.0", "app_name": "none"}')
        (staged / "app.py").write_text(_EMPTY_APP)
        shutil.copy(requirements, staged)
        _run_chalice(staged, Path(folder) / "out")
        half = kept.with_suffix(".part")
        repack.repack_dependencies(Path(folder) / "out" / "deployment.zip", half)
    half.rename(kept)
    return kept


def _stage_application(project: Path, folder: Path) -> Path:
    """Our code without requirements, so that Chalice packages in a second what changes often."""
    staged = folder / "app"
    ignored = shutil.ignore_patterns("deployments", "deployed", "__pycache__")
    shutil.copytree(project / ".chalice", staged / ".chalice", ignore=ignored)
    shutil.copytree(project / "chalicelib", staged / "chalicelib", ignore=ignored)
    shutil.copy(project / "app.py", staged)
    (staged / "requirements.txt").touch()
    return staged


def _run_chalice(staged: Path, out: Path) -> None:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("AWS_")}
    environment["AWS_DEFAULT_REGION"] = "us-east-1"  # asked for, and not written into the template
    environment["PYTHONDONTWRITEBYTECODE"] = "1"
    command = [sys.executable, "-c", _CHALICE, "package"]
    if (staged / "chalicelib").exists():
        command += ["--merge-template", str(ROOT / "infra" / "resources.yaml")]
    ran = subprocess.run(
        [*command, str(out)], cwd=staged, env=environment, capture_output=True, text=True
    )
    if ran.returncode:
        raise PackagingFailed(f"chalice package failed:\n{ran.stdout}\n{ran.stderr}")


def _check(code: Path, project: Path) -> None:
    """Chalice leaves out a wheel it cannot place, with a warning and exit code 0; we do not."""
    wanted = repack.required((project / "requirements.txt").read_text())
    missing = wanted - repack.distributions(code)
    if missing:
        raise PackagingFailed(f"not in the package: {', '.join(sorted(missing))}")
    size, unzipped = code.stat().st_size, repack.unzipped_size(code)
    if size > _LAMBDA_ZIP_LIMIT or unzipped > _LAMBDA_UNZIPPED_LIMIT:
        raise PackagingFailed(f"{size} bytes, {unzipped} unzipped: more than Lambda takes")


def _write_template(source: Path, target: Path) -> None:
    """Minified, because CloudFormation counts bytes; the same JSON for the same input."""
    template = yaml.safe_load(source.read_text())
    target.write_text(json.dumps(template, sort_keys=True, separators=(",", ":")))


if __name__ == "__main__":
    try:
        built = package()
    except PackagingFailed as failure:
        sys.exit(str(failure))
    done = "built" if built.rebuilt else "unchanged"
    print(f"{built.code.relative_to(ROOT)} {done}: {built.size / 2**20:.1f} MiB, {built.sha256}")
