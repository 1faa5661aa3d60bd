"""Requirements and distributions, by the names under which both are known."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from infra import repack


def test_names_are_compared_as_pip_compares_them() -> None:
    """`aws_lambda_powertools` in the zip is `aws-lambda-powertools` in the file."""
    wanted = repack.required(
        "# what ships\nAws_Lambda.Powertools[tracer]==3.0  # logs\n\nsix==1.0\n"
    )

    assert {"aws-lambda-powertools", "six"} == wanted


def test_a_distribution_is_known_by_its_metadata(tmp_path: Path) -> None:
    """A folder of that name alone proves nothing."""
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("aws_lambda_powertools-3.0.dist-info/METADATA", "")
        made.writestr("six.py", "")

    assert {"aws-lambda-powertools"} == repack.distributions(package)


@pytest.mark.parametrize(
    "name",
    [
        "botocore/data/ec2/2016-11-15/service-2.json.gz",
        "botocore/data/sqs/2012-11-05/examples-1.json",
        "six-1.0.dist-info/RECORD",
        "numpy/tests/test_x.py",
        "msgspec/__init__.pyi",
    ],
)
def test_what_no_function_uses_is_left_out(tmp_path: Path, name: str) -> None:
    """Stubs, tests, services that we do not call."""
    assert name not in _repacked(tmp_path, {name: "{}"})


def test_what_functions_use_stays(tmp_path: Path) -> None:
    """Metadata too: some packages read their own version at import."""
    kept = {
        "six-1.0.dist-info/METADATA": "",
        "six.py": "x = 1",
        "botocore/data/partitions.json": "",
    }

    names = _repacked(tmp_path, kept)

    assert set(kept) <= names


def test_source_comes_with_its_bytecode(tmp_path: Path) -> None:
    """Compiling at a cold start costs more than anything else there."""
    names = _repacked(tmp_path, {"six.py": "x = 1"})

    assert any(name.startswith("__pycache__/six.") for name in names)


def test_what_is_loaded_for_nothing_is_loaded_when_asked_for(tmp_path: Path) -> None:
    """Help texts and HTTP/2: our functions have neither, and pay for neither."""
    http2 = 'from importlib.metadata import version\n\ndef f():\n    h2_version = version("h2")\n'
    files = {
        "botocore/docs/__init__.py": "import html.parser",
        "botocore/docs/docstring.py": "import html.parser",
        "urllib3/http2/__init__.py": http2,
    }
    _repacked(tmp_path, files)

    with zipfile.ZipFile(tmp_path / "target.zip") as repacked:
        texts = {name: repacked.read(name).decode() for name in files}
    assert "import" not in texts["botocore/docs/__init__.py"]
    assert "import" not in texts["botocore/docs/docstring.py"]
    assert (
        "    from importlib.metadata import version\n    h2" in texts["urllib3/http2/__init__.py"]
    )


def _repacked(folder: Path, files: dict[str, str]) -> set[str]:
    package, target = folder / "package.zip", folder / "target.zip"
    with zipfile.ZipFile(package, "w") as made:
        made.writestr("app.py", "")
        made.writestr("botocore/data/endpoints.json", '{"partitions": []}')
        for name, text in files.items():
            made.writestr(name, text)
    repack.repack_dependencies(package, target)
    with zipfile.ZipFile(target) as repacked:
        return set(repacked.namelist())
