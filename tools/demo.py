"""`make demo`: a believable dealership to look at; on a bench, or as a rehearsal where no bench can be had."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools import app, bench, beside, database, provision, services, venv
from tools.bench import APP, Bench
from tools.console import (
	BUILD,
	CHECKOUT,
	Failure,
	NotHere,
	identity,
	log_path,
	run,
	say,
	stop_children_with_us,
)
from tools.site import DEMO, PASSWORD, Sites

LOADER = f"{APP}.dealer_setup.demo.site.load"
REPORT = BUILD / "rehearsal.html"


def main(words: Sequence[str]) -> int:
	options = _options(words)
	try:
		found = _bench(options)
		users = _build(found, options)
	except NotHere as reason:
		say(f"{reason}\nSo here is the rehearsal instead: the same rules over a month of Summit Motors.\n")
		return rehearse(ask=not options.yes)
	except Failure as failure:
		say(f"\n{failure.explain()}\n\nThe site could not be made. Here is the rehearsal instead.\n")
		rehearse(ask=not options.yes)
		return 1
	port = options.port or bench.free_port()
	_show(users, port)
	if options.serve:
		return serve(found, port)
	say("Not served (--no-serve). Serve it with: make demo")
	return 0


def _options(words: Sequence[str]) -> argparse.Namespace:
	parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
	parser.add_argument("--yes", action="store_true", help="do not ask before installing packages")
	parser.add_argument("--no-serve", dest="serve", action="store_false", help="only build the site")
	parser.add_argument("--fresh", action="store_true", help="make the site anew instead of reusing it")
	parser.add_argument("--port", type=int, help="port to serve at (a free one from 8100)")
	options = parser.parse_args(words)
	options.yes = options.yes or bool(os.environ.get("CI"))
	return options


def _bench(options: argparse.Namespace) -> Bench:
	"""The bench of this machine, else one that is set up now."""
	if any(bench.is_bench(place) for place in bench.candidates()) and not provision.unfinished():
		return bench.find()
	try:
		bench.find()
	except NotHere as reason:
		say(str(reason))
	return provision.set_up(ask=not options.yes)


def _build(found: Bench, options: argparse.Namespace) -> object:
	"""The demo site with this checkout's app and Summit Motors in it; what the loader returned."""
	say(f"bench {found.path} of {found.account.name}")
	services.ensure(found)
	sites = Sites(found, database.find_root(found))
	with found.locked():
		app.install(found)
		unfinished = found.folder() / "demo-unfinished"
		if not options.fresh and not unfinished.exists() and sites.has_app(DEMO):
			found.frappe(f"bench --site {DEMO} migrate", "demo-migrate", "migrate", site=DEMO)
		else:
			unfinished.touch()
			sites.restore(DEMO)
			sites.install_app(DEMO)
		result = _load(found)
		unfinished.unlink(missing_ok=True)
		return result


def _load(found: Bench) -> object:
	say(
		"  filling it with Summit Motors: staff, customers, vehicles, sixty days of deposits and service (ten minutes or more)"
	)
	answer = found.folder("reports") / "demo.json"
	answer.unlink(missing_ok=True)
	words: list[str | Path] = [
		beside.ensure(found),
		found.app / "tools" / "inside.py",
		"call",
		DEMO,
		LOADER,
		answer,
	]
	log = log_path("demo-load")
	log.unlink(missing_ok=True)
	ran = run(
		words,
		log,
		cwd=found.sites,
		env=found.env(),
		account=found.account,
		timeout=3600,
		live=True,
		on_terminal=sys.stdout.isatty(),
	)
	if ran.code != 0:
		raise Failure(f"{LOADER} failed, see above (log: {log})")
	say(f"  filled ({ran.seconds:.0f} s)")
	result: object = json.loads(answer.read_text())
	return result


def _show(result: object, port: int) -> None:
	say(f"\nSummit Motors:  http://{DEMO}:{port}\n")
	made = result if isinstance(result, dict) else {}
	rows = [row | {"password": made.get("password")} for row in made.get("users", [])]
	rows.append({"role": "everything", "name": "", "user": "Administrator", "password": PASSWORD})
	columns = list(dict.fromkeys(key for row in rows for key in row))
	lines = [columns, *([_cell(row.get(key)) for key in columns] for row in rows)]
	widths = [max(len(line[i]) for line in lines) for i in range(len(columns))]
	for line in lines:
		say("  " + "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())
	say("")


def _cell(value: object) -> str:
	return ", ".join(map(str, value)) if isinstance(value, list) else str(value or "")


def serve(found: Bench, port: int) -> int:
	"""In the foreground, on this machine only: the passwords are no secret."""
	ids = identity(found.account)
	words = [
		*(str(found.path / "env" / "bin" / "gunicorn"), "--bind", f"127.0.0.1:{port}"),
		*("--workers", "1", "--threads", "8", "--worker-class", "gthread", "--timeout", "120"),
		"frappe.app:application_with_statics()",
	]
	say("Serving; stop with Ctrl-C. Background jobs and live updates need `bench start` beside it.")
	process = subprocess.Popen(
		words,
		cwd=found.sites,
		env=found.env(),
		stdin=subprocess.DEVNULL,
		user=ids.user,
		group=ids.group,
		extra_groups=ids.groups,
		start_new_session=True,
	)
	try:
		return process.wait()
	except KeyboardInterrupt:
		say("\nstopped; the site stays and `make demo` serves it again")
		return 0
	finally:
		if process.poll() is None:
			process.terminate()
			process.wait(30)


def rehearse(ask: bool) -> int:
	"""The rules of the app over a built-in month, without a bench; ends with a page to open."""
	try:
		try:
			python = venv.ensure()
		except venv.NoVenv:
			provision.add_venv(ask)
			python = venv.ensure()
	except (Failure, NotHere) as failure:
		say(failure.explain() if isinstance(failure, Failure) else str(failure))
		return 1
	words: list[str | Path] = [python, "-m", f"{APP}.rehearsal.cli", "rehearse", "--html", REPORT]
	log = log_path("rehearsal")
	log.unlink(missing_ok=True)
	ran = run(words, log, cwd=CHECKOUT, timeout=1800, live=True)
	if ran.code != 0:
		say(f"the rehearsal ended with exit code {ran.code} (log: {log})")
		return 1
	say(f"\nOpen {REPORT} in a browser.")
	return 0


if __name__ == "__main__":
	stop_children_with_us()
	try:
		sys.exit(main(sys.argv[1:]))
	except KeyboardInterrupt:
		say("\nstopped")
		sys.exit(130)
