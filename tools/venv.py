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
	shutil.rmtree(path, ignore_errors=True)
	path.parent.mkdir(parents=True, exist_ok=True)
	code, output = quiet_output([sys.executable, "-m", "venv", path], timeout=120)
	if code != 0:
		last = output.splitlines()[-1] if output else f"exit code {code}"
		raise Failure(
			f"cannot make a virtual environment with {sys.executable} ({last}). "
			"On Debian or Ubuntu: apt install python3-venv"
		)
