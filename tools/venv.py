"""The virtual environment of the checkout: build/venv."""

from __future__ import annotations

import hashlib
import shutil
import sys
from pathlib import Path

from tools.console import BUILD, CHECKOUT, Failure, quiet_output, step

VENV = BUILD / "venv"
PYTHON = VENV / "bin" / "python"
REQUIREMENTS = CHECKOUT / "requirements-dev.txt"


def fingerprint(*parts: Path | str) -> str:
	"""A short hash of files and words: the same inputs need no second installation."""
	digest = hashlib.sha256()
	for part in parts:
		digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
		digest.update(b"\0")
	return digest.hexdigest()[:16]


def ensure() -> Path:
	"""Make or refresh build/venv with the app and the development tools; the path of its python."""
	stamp = VENV / "installed"
	wanted = fingerprint(REQUIREMENTS, CHECKOUT / "pyproject.toml", sys.version, str(CHECKOUT))
	if PYTHON.exists() and stamp.exists() and stamp.read_text() == wanted:
		return PYTHON
	create(VENV)
	step(
		"installing the app and the development tools into build/venv",
		[PYTHON, "-m", "pip", "install", "--quiet", "-e", CHECKOUT, "-r", REQUIREMENTS],
		"venv",
		timeout=600,
	)
	stamp.write_text(wanted)
	return PYTHON


def create(path: Path) -> None:
	"""With what this machine has: Debian's python lacks venv until a package is installed."""
	path.parent.mkdir(parents=True, exist_ok=True)
	ways: list[list[str | Path]] = [
		[sys.executable, "-m", "venv", path],
		[sys.executable, "-m", "virtualenv", "--quiet", path],
	]
	if uv := shutil.which("uv"):
		ways.append([uv, "venv", "--quiet", "--seed", "--python", sys.executable, path])
	for way in ways:
		shutil.rmtree(path, ignore_errors=True)
		if quiet_output(way, timeout=120)[0] == 0:
			return
	raise NoVenv(
		f"{sys.executable} cannot make a virtual environment; on Debian or Ubuntu: apt install python3-venv"
	)


class NoVenv(Failure):
	"""Neither venv nor virtualenv nor uv works here."""
