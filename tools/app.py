"""Putting this checkout into a bench: a copy under apps/, in the bench's environment, with built assets."""

from __future__ import annotations

import filecmp
import os
import shutil
import time
from pathlib import Path

from tools.bench import APP, Bench
from tools.console import CHECKOUT, Failure, say
from tools.venv import fingerprint

# Neither copied nor, where the copy has made its own, deleted.
EXCLUDED = frozenset(
	".git build dist node_modules __pycache__ .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis".split()
)


def install(bench: Bench) -> None:
	"""Copy, install and build what has changed since the last time."""
	copy(bench)
	_install_into_environment(bench)
	_list_in_apps_txt(bench)
	_build_assets(bench)


def copy(bench: Bench) -> None:
	"""Make apps/dealer_pos_crm equal to this checkout. What stood there and is not ours is set aside."""
	target = bench.app
	if target.exists() and target.resolve() == CHECKOUT.resolve():
		say(f"  this checkout is the bench's own {APP}: nothing to copy")
		return
	marker = bench.folder() / "copied-from"
	if (target.exists() or target.is_symlink()) and (target.is_symlink() or not marker.exists()):
		aside = bench.folder("replaced") / f"{APP}-{time.strftime('%Y%m%d-%H%M%S')}"
		os.rename(target, aside)
		say(f"  {target} was not made by this command; moved to {aside}")
	changed = _mirror(CHECKOUT, target, bench)
	marker.write_text(f"{CHECKOUT}\n")
	bench.own(marker)
	say(f"  copied this checkout to {target} ({changed} files changed)")


def _mirror(source: Path, target: Path, bench: Bench) -> int:
	"""Copy what differs and delete what the source does not have; the number of files touched."""
	if not target.is_dir() or target.is_symlink():
		_remove(target)
		target.mkdir(parents=True)
		bench.own(target)
	changed = 0
	wanted = {entry.name: entry for entry in os.scandir(source) if not _excluded(entry.name)}
	for entry in list(os.scandir(target)):
		if entry.name not in wanted and not _excluded(entry.name):
			_remove(Path(entry.path))
			changed += 1
	for name, entry in wanted.items():
		place = target / name
		if entry.is_dir(follow_symlinks=False):
			changed += _mirror(Path(entry.path), place, bench)
		elif entry.is_symlink() or not _same(Path(entry.path), place):
			_remove(place)
			shutil.copy2(entry.path, place, follow_symlinks=False)
			bench.own(place)
			changed += 1
	return changed


def _excluded(name: str) -> bool:
	return name in EXCLUDED or name.endswith((".pyc", ".egg-info"))


def _same(source: Path, place: Path) -> bool:
	if place.is_symlink() or not place.is_file():
		return False
	return os.stat(source).st_mode == os.stat(place).st_mode and filecmp.cmp(source, place, shallow=False)


def _remove(path: Path) -> None:
	if path.is_dir() and not path.is_symlink():
		shutil.rmtree(path)
	else:
		path.unlink(missing_ok=True)


def _install_into_environment(bench: Bench) -> None:
	stamp = bench.folder() / "installed"
	wanted = fingerprint(bench.app / "pyproject.toml", str(bench.app), str(bench.python))
	show = f"import {APP}; print({APP}.__path__[0])"
	code, output = bench.read([bench.python, "-c", show])
	importable = code == 0 and Path(output.splitlines()[-1]).resolve() == (bench.app / APP).resolve()
	if importable and stamp.exists() and stamp.read_text() == wanted:
		return
	if bench.read([bench.python, "-m", "pip", "--version"])[0] == 0:
		command: list[str | Path] = [bench.python, "-m", "pip", "install", "--quiet", "-e", bench.app]
	elif uv := shutil.which("uv", path=bench.env()["PATH"]):
		command = [uv, "pip", "install", "--quiet", "--python", bench.python, "-e", bench.app]
	else:
		raise Failure(
			f"the bench's environment has no pip, and uv is not installed: cannot install {APP} into it"
		)
	bench.step(f"installing {APP} into the bench's environment", command, "bench-pip")
	stamp.write_text(wanted)
	bench.own(stamp)


def _list_in_apps_txt(bench: Bench) -> None:
	path = bench.sites / "apps.txt"
	apps = path.read_text().split()
	if APP not in apps:
		path.write_text("\n".join([*apps, APP]) + "\n")
		bench.own(path)


def _build_assets(bench: Bench) -> None:
	"""Link and bundle public/, when there is something in it and it has changed."""
	public = bench.app / APP / "public"
	files = sorted(
		path
		for path in public.rglob("*")
		if path.is_file() and not path.name.startswith(".") and "dist" not in path.relative_to(public).parts
	)
	if not files:
		return
	stamp = bench.folder() / "assets"
	named = [part for path in files for part in (str(path.relative_to(public)), path)]
	wanted = fingerprint(*named, *bench.versions.values())
	linked = bench.sites / "assets" / APP
	bundles = [path for path in files if ".bundle." in path.name]
	built = linked.exists() and (not bundles or (public / "dist").is_dir())
	if built and stamp.exists() and stamp.read_text() == wanted:
		return
	bench.frappe("building the assets", "bench-build", "build", "--app", APP)
	stamp.write_text(wanted)
	bench.own(stamp)
