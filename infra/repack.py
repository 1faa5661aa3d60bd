"""Makes Chalice's deployment package start faster: bytecode in, what no function uses out.

The outcome is the same bytes for the same input, so an unchanged app is an unchanged artifact.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

SERVICES_IN_USE = frozenset(
    {
        "apigatewaymanagementapi",
        "athena",
        "cognito-idp",
        "dynamodb",
        "events",
        "kinesis",
        "lambda",
        "lexv2-runtime",
        "pinpoint-sms-voice-v2",
        "polly",
        "s3",
        "sesv2",
        "sns",
        "sqs",
    }
)
OURS = ("app.py", "chalicelib/")

_NO_DOCSTRINGS = """class LazyLoadedDocstring(str):
    def __new__(cls, *args, **kwargs):
        return super().__new__(cls)
    def __init__(self, *args, **kwargs):
        pass
class ClientMethodDocstring(LazyLoadedDocstring): pass
class WaiterDocstring(LazyLoadedDocstring): pass
class PaginatorDocstring(LazyLoadedDocstring): pass
"""
_VERSION_IMPORT = "from importlib.metadata import version\n"
_VERSION_USE = '    h2_version = version("h2")\n'
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNUSED_SUFFIXES = (".pyi", ".pyc", ".h", ".pxd", ".pyx")
_UNUSED_METADATA = {"RECORD", "WHEEL", "INSTALLER", "REQUESTED", "top_level.txt"}
_UNUSED_FOLDERS = {"tests", "swagger_ui", "__pycache__", "geodata", "carrierdata"}


def repack_dependencies(package: Path, target: Path) -> None:
    """Everything in the package that is not ours, trimmed and compiled, as a zip of its own."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with zipfile.ZipFile(package) as source:
            names = [n for n in source.namelist() if not n.startswith(OURS) and not _unused(n)]
            source.extractall(root, names)
        _trim_botocore(root / "botocore" / "data")
        _postpone(root)
        _compile(root)
        _write(target, root)


def add_application(package: Path, dependencies: Path, target: Path) -> None:
    """The artifact: the repacked dependencies and, behind them, our own code."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with zipfile.ZipFile(package) as source:
            names = [n for n in source.namelist() if n.startswith(OURS) and not _unused(n)]
            source.extractall(root, names)
        _precompile(root)
        _compile(root)
        shutil.copyfile(dependencies, target)
        _write(target, root, mode="a")


def distributions(package: Path) -> set[str]:
    """The normalised names of the distributions that a zip holds."""
    with zipfile.ZipFile(package) as source:
        folders = {PurePosixPath(name).parts[0] for name in source.namelist()}
    return {normalised(folder.split("-")[0]) for folder in folders if folder.endswith(".dist-info")}


def unzipped_size(package: Path) -> int:
    with zipfile.ZipFile(package) as source:
        return sum(info.file_size for info in source.infolist())


def required(requirements: str) -> set[str]:
    """The normalised names of the distributions that a requirements file asks for."""
    lines = (line.split("#")[0].strip() for line in requirements.splitlines())
    return {normalised(line.split("==")[0].split("[")[0]) for line in lines if line}


def normalised(name: str) -> str:
    return name.strip().lower().replace("_", "-").replace(".", "-")


def _unused(name: str) -> bool:
    path = PurePosixPath(name)
    if name.endswith(_UNUSED_SUFFIXES) or _UNUSED_FOLDERS.intersection(path.parts):
        return True
    if path.parts[0].endswith(".dist-info"):
        return path.name in _UNUSED_METADATA
    in_data = path.parts[:2] == ("botocore", "data") and len(path.parts) > 3
    return in_data and (path.parts[2] not in SERVICES_IN_USE or "examples" in path.name)


def _trim_botocore(data: Path) -> None:
    """Plain JSON without prose: botocore then neither inflates nor parses what nobody reads."""
    for packed in data.rglob("*.json.gz"):
        content = json.loads(gzip.decompress(packed.read_bytes()))
        if packed.name.startswith("service-2"):
            content = _without_prose(content)
        packed.with_suffix("").write_text(json.dumps(content, separators=(",", ":")))
        packed.unlink()
    endpoints = data / "endpoints.json"
    content = json.loads(endpoints.read_text())
    for partition in content["partitions"]:
        known: dict[str, object] = partition["services"]
        partition["services"] = {k: v for k, v in known.items() if k in SERVICES_IN_USE}
    endpoints.write_text(json.dumps(content, separators=(",", ":")))


def _postpone(root: Path) -> None:
    """Code that every start would load for what no function does: botocore's writer of help texts
    (an HTML parser and more), urllib3's look at the version of an HTTP/2 library."""
    docs = root / "botocore" / "docs"
    if docs.exists():
        (docs / "__init__.py").write_text("")
        (docs / "docstring.py").write_text(_NO_DOCSTRINGS)
    http2 = root / "urllib3" / "http2" / "__init__.py"
    if http2.exists():
        text = http2.read_text()
        if text.count(_VERSION_IMPORT) == 1 and text.count(_VERSION_USE) == 1:
            text = text.replace(_VERSION_IMPORT, "").replace(
                _VERSION_USE, f"    {_VERSION_IMPORT}{_VERSION_USE}"
            )
            http2.write_text(text)


def _without_prose(node: object) -> object:
    """Nested documentation goes; botocore insists on it in one place, which stays as it is."""
    if isinstance(node, dict):
        return {
            key: value if key == "clientContextParams" else _without_prose(value)
            for key, value in node.items()
            if not (key in ("documentation", "documentationUrl") and isinstance(value, str))
        }
    if isinstance(node, list):
        return [_without_prose(item) for item in node]
    return node


def _compile(root: Path) -> None:
    """Bytecode that is never checked against its source: a zip from 1980 has no usable dates.

    Under a fixed hash seed, since a set of constants is written in the order of its hashes. Files
    that do not compile, as some packages keep for older Pythons, stay source.
    """
    subprocess.run(
        [sys.executable, "-m", "compileall", "-qq", "--invalidation-mode", "unchecked-hash"]
        + ["-s", str(root), "-p", "/var/task", str(root)],
        env={**os.environ, "PYTHONHASHSEED": "0"},
        check=False,
    )


def _precompile(root: Path) -> None:
    """In a process of its own, because it loads the packaged modules instead of this checkout's."""
    script = Path(__file__).with_name("precompile.py")
    command = [sys.executable, "-I", "-B", str(script), str(root)]
    ran = subprocess.run(command, capture_output=True, text=True)
    if ran.returncode:
        raise RuntimeError(f"the package cannot be loaded:\n{ran.stderr}")


def _write(target: Path, root: Path, mode: str = "w") -> None:
    with zipfile.ZipFile(target, "a" if mode == "a" else "w") as archive:
        for path in _files(root):
            info = zipfile.ZipInfo(str(path.relative_to(root)), _EPOCH)
            info.external_attr = (0o755 if path.suffix == ".so" else 0o644) << 16
            archive.writestr(info, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def _files(root: Path) -> Iterable[Path]:
    return (path for path in sorted(root.rglob("*")) if path.is_file())
