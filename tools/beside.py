"""A python environment beside the bench's: it sees all of the bench's and adds what only tests and demo need."""

from __future__ import annotations

import shutil
from pathlib import Path

from tools import venv
from tools.bench import Bench
from tools.console import CHECKOUT, Failure

REQUIREMENTS = CHECKOUT / "requirements-bench.txt"


def ensure(bench: Bench) -> Path:
	"""Its python; made once per python and list of requirements."""
	folder = bench.folder() / "venv"
	python, stamp = folder / "bin" / "python", folder / "installed"
	wanted = venv.fingerprint(REQUIREMENTS, str(bench.python), bench.read([bench.python, "-VV"])[1])
	if python.exists() and stamp.exists() and stamp.read_text() == wanted:
		return python
	if folder.exists():
		shutil.rmtree(folder)
	# Without pip inside: Debian may lack ensurepip, and the bench's own pip can install elsewhere.
	bench.step(
		"making the test environment", [bench.python, "-m", "venv", "--without-pip", folder], "bench-venv"
	)
	if bench.read([bench.python, "-m", "pip", "--version"])[0] == 0:
		install: list[str | Path] = [bench.python, "-m", "pip", "--python", python, "install", "--quiet"]
	elif uv := shutil.which("uv", path=bench.env()["PATH"]):
		install = [uv, "pip", "install", "--quiet", "--python", python]
	else:
		raise Failure("the bench's environment has no pip, and uv is not installed: cannot install pytest")
	# From the copy: the bench user may not be able to read the checkout.
	words = [*install, "-r", bench.app / REQUIREMENTS.name]
	bench.step(f"installing {REQUIREMENTS.name} there", words, "bench-test-pip")
	where = "import sysconfig; print(sysconfig.get_path('purelib'))"
	ours, theirs = (Path(bench.read([which, "-c", where])[1]) for which in (python, bench.python))
	link = ours / "bench-environment.pth"
	link.write_text(f"import site; site.addsitedir({str(theirs)!r})\n")
	bench.own(link)
	stamp.write_text(wanted)
	bench.own(stamp)
	return python
