"""Builds the web console when its sources changed; Node comes from PyPI where there is none.

`python -m infra.local.console typecheck lint test` runs the console's own scripts.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

_OLDEST_NODE = 22
_IGNORED = {"node_modules", "dist"}


class ConsoleFailed(Exception):
    """Node could not be had, or the build broke; the message shows why."""


def build(web: Path, log: Path) -> str:
    """Leaves the built console in `web/dist`; says what was done."""
    if not (web / "package.json").exists():
        return "no console here"
    stamp = web / "dist" / ".sources"
    sources = _fingerprint(web)
    if (web / "dist" / "index.html").exists() and _read(stamp) == sources:
        return "unchanged"
    log.parent.mkdir(parents=True, exist_ok=True)
    environment = _environment()
    _install(web, environment, log)
    _run(["npm", "run", "build"], web, environment, log)
    stamp.write_text(sources)
    return "built"


def run_scripts(web: Path, scripts: list[str], log: Path) -> None:
    """The console's npm scripts, one after the other, on the screen; ends at the first failure."""
    environment = _environment()
    log.parent.mkdir(parents=True, exist_ok=True)
    _install(web, environment, log)
    npm = shutil.which("npm", path=environment["PATH"]) or "npm"
    for script in scripts:
        ran = subprocess.run([npm, "run", "--silent", script], cwd=web, env=environment)
        if ran.returncode:
            raise ConsoleFailed(f"npm run {script} failed")


def _install(web: Path, environment: dict[str, str], log: Path) -> None:
    packages = web / "node_modules" / ".trunkline-packages"
    wanted = hashlib.sha256((web / "package-lock.json").read_bytes()).hexdigest()
    if _read(packages) != wanted:
        _run(["npm", "ci", "--no-audit", "--no-fund"], web, environment, log)
        packages.write_text(wanted)


def _environment() -> dict[str, str]:
    """The environment with a Node that is new enough first on its path."""
    environment = {**os.environ, "CI": "1"}
    beside_python = Path(sys.executable).parent
    if _node_version(environment) >= _OLDEST_NODE:
        return environment
    environment["PATH"] = f"{beside_python}{os.pathsep}{environment['PATH']}"
    if _node_version(environment) >= _OLDEST_NODE:
        return environment
    raise ConsoleFailed(f"Node {_OLDEST_NODE} or newer is needed to build the console")


def _node_version(environment: dict[str, str]) -> int:
    node = shutil.which("node", path=environment["PATH"])
    if node is None:
        return 0
    said = subprocess.run([node, "--version"], env=environment, capture_output=True, text=True)
    major = said.stdout.strip().removeprefix("v").split(".")[0]
    return int(major) if major.isdigit() else 0


def _run(command: list[str], web: Path, environment: dict[str, str], log: Path) -> None:
    program = shutil.which(command[0], path=environment["PATH"]) or command[0]
    with log.open("ab") as output:
        ran = subprocess.run(
            [program, *command[1:]], cwd=web, env=environment, stdout=output, stderr=output
        )
    if ran.returncode:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-20:])
        raise ConsoleFailed(f"{' '.join(command)} failed:\n{end}")


def _fingerprint(web: Path) -> str:
    digest = hashlib.sha256()
    for folder, folders, files in os.walk(web):
        folders[:] = sorted(f for f in folders if f not in _IGNORED)
        for name in sorted(files):
            path = Path(folder) / name
            digest.update(f"{path.relative_to(web)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


if __name__ == "__main__":
    from infra.package import ROOT

    try:
        run_scripts(ROOT / "web", sys.argv[1:], ROOT / ".local" / "logs" / "web.log")
    except ConsoleFailed as failure:
        sys.exit(str(failure))
