# SPDX-License-Identifier: MIT
"""Builds the wheel: PEP 517. It needs nothing but Python, so pip needs no network for it."""

import base64
import hashlib
import os
import pathlib
import re
import tarfile
import zipfile
from typing import Any, Dict, List, Optional

_HERE = pathlib.Path(__file__).parent
_NAME = "minictr"


def _setting(name: str) -> str:
    """Of the table [project], for Python has a reader of TOML since 3.11 only."""
    text = (_HERE / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(f'^{name} = "(.*)"$', text, re.MULTILINE)
    if not found:
        raise ValueError(f"pyproject.toml has no {name}")
    return found.group(1)


def _files() -> List[pathlib.Path]:
    """What is installed, without what Python has compiled."""
    return sorted(path for path in (_HERE / _NAME).iterdir()
                  if path.suffix == ".py" or path.name == "py.typed")


def _metadata() -> str:
    return (f"Metadata-Version: 2.1\nName: {_NAME}\nVersion: {_setting('version')}\n"
            f"Summary: {_setting('description')}\nLicense: MIT\n"
            f"Requires-Python: {_setting('requires-python')}\n")


def _record(name: str, data: bytes) -> str:
    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
    return f"{name},sha256={digest},{len(data)}\n"


def build_wheel(wheel_directory: str, config_settings: Optional[Dict[str, Any]] = None,
                metadata_directory: Optional[str] = None) -> str:
    """The wheel in the directory: its name."""
    stem = f"{_NAME}-{_setting('version')}"
    info = f"{stem}.dist-info"
    contents = {f"{_NAME}/{path.name}": path.read_bytes() for path in _files()}
    contents[f"{info}/METADATA"] = _metadata().encode()
    contents[f"{info}/WHEEL"] = (b"Wheel-Version: 1.0\nGenerator: minictr\n"
                                 b"Root-Is-Purelib: true\nTag: py3-none-any\n")
    records = "".join(_record(name, data) for name, data in contents.items())
    contents[f"{info}/RECORD"] = f"{records}{info}/RECORD,,\n".encode()
    name = f"{stem}-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(wheel_directory, name), "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, data in contents.items():
            wheel.writestr(path, data)
    return name


def build_sdist(sdist_directory: str, config_settings: Optional[Dict[str, Any]] = None) -> str:
    """The source archive in the directory: its name."""
    stem = f"{_NAME}-{_setting('version')}"
    name = f"{stem}.tar.gz"
    others = [_HERE / "pyproject.toml", _HERE / "README.md", pathlib.Path(__file__)]
    with tarfile.open(os.path.join(sdist_directory, name), "w:gz") as archive:
        for path in [*others, *_files()]:
            archive.add(path, f"{stem}/{path.relative_to(_HERE)}")
    return name
