"""A bench from nothing, on Debian or Ubuntu: packages, MariaDB, `bench`, Frappe and ERPNext version-15."""

from __future__ import annotations

import json
import os
import pwd
import re
import secrets
import shutil
import sys
import urllib.request
from pathlib import Path

from tools import bench, database, services
from tools.bench import Bench
from tools.console import Account, Failure, NotHere, quiet_output, say, step

BRANCH = "version-15"
# The official sources; a company may have a mirror of its own.
FRAPPE = os.environ.get("DEALER_FRAPPE_SOURCE", "https://github.com/frappe/frappe")
ERPNEXT = os.environ.get("DEALER_ERPNEXT_SOURCE", "https://github.com/frappe/erpnext")
PACKAGES = (
	"git curl build-essential pkg-config python3-dev python3-venv python3-pip libmariadb-dev "
	"mariadb-server mariadb-client redis-server nodejs npm"
).split()
PYTHONS = ((3, 10), (3, 14))  # what version-15 runs on: from, and below
NODE = 18
OPTIONAL = "wkhtmltopdf"  # prints receipts as PDF; newer Debians no longer have it
ADMIN = "bench_admin"
INITIATING, GETTING = "bench init", "bench get-app"


def set_up(ask: bool) -> Bench:
	"""Everything, in steps that say what they do; NotHere where this machine cannot."""
	_check_machine()
	_check_reachable()
	account = _owner()
	path = account.home / "frappe-bench"
	if ask:
		_confirm(_plan(account, path))
	else:
		say(_plan(account, path))
	_packages()
	_make_user(account.name)
	account = _account(account.name)
	_node()
	_bench(account, path)
	found = bench.find()
	_database_admin(found)
	return bench.find()  # anew: its configuration has changed


def add_venv(ask: bool) -> None:
	"""Debian's own python makes no virtual environment without this package."""
	_check_machine()
	if ask:
		_confirm("This installs the package python3-venv.")
	_as_root("apt-get update", "apt-update", "apt-get", "update")
	_as_root("apt-get install python3-venv", "apt-venv", "apt-get", "install", "-y", "python3-venv")


def _check_machine() -> None:
	try:
		text = Path("/etc/os-release").read_text()
	except OSError:
		text = ""
	family = " ".join(re.findall(r'^(?:ID|ID_LIKE)="?([^"\n]*)', text, re.MULTILINE)).split()
	if not {"debian", "ubuntu"} & set(family):
		raise NotHere("A bench is set up by this command on Debian and Ubuntu only.")
	if os.geteuid() != 0 and shutil.which("sudo") is None:
		raise NotHere("Setting up a bench installs packages: run this as root, or install sudo.")
	python = sys.version_info[:2]
	if not PYTHONS[0] <= python < PYTHONS[1]:
		raise NotHere(f"Frappe {BRANCH} does not run on Python {python[0]}.{python[1]}.")


def _check_reachable() -> None:
	"""As `git ls-remote` would ask, without git: it may not be installed yet."""
	for source in (FRAPPE, ERPNEXT):
		if not source.startswith(("http://", "https://")):
			continue  # a mirror that is asked in another way
		try:
			with urllib.request.urlopen(f"{source}/info/refs?service=git-upload-pack", timeout=10) as answer:
				answer.read(64)
		except (OSError, ValueError) as error:
			why = getattr(error, "reason", error)
			raise NotHere(
				f"{source} cannot be reached from here ({why}), so no bench can be set up."
			) from None


def _owner() -> Account:
	"""Root makes the user `frappe`; anybody else gets a bench in their own home."""
	name = "frappe" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
	try:
		return _account(name)
	except KeyError:
		return Account(name, -1, -1, Path("/home") / name)


def _account(name: str) -> Account:
	entry = pwd.getpwnam(name)
	return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir))


def _plan(account: Account, path: Path) -> str:
	return f"""
This sets up a bench of its own on this machine (ten to twenty minutes, some 3 GB):
  - packages by apt: {" ".join(PACKAGES)}; yarn by npm
  - the operating-system user {account.name}, if there is none
  - {path} with Frappe and ERPNext {BRANCH}, from {FRAPPE} and {ERPNEXT}
  - MariaDB started, with an administrator `{ADMIN}` whose password stands in {path}/sites/common_site_config.json
"""


def _confirm(what: str) -> None:
	say(what)
	if not sys.stdin.isatty():
		raise NotHere('Nobody is there to ask; `make demo ARGS="--yes"` goes ahead.')
	if input("Go ahead? [y/N] ").strip().lower() not in ("y", "yes"):
		raise NotHere("Not done, as you wished.")


def _as_root(title: str, name: str, *words: str, timeout: float = 600) -> None:
	"""A step that needs root; sudo may ask for the password at the terminal."""
	if os.geteuid() == 0:
		step(title, ["env", "DEBIAN_FRONTEND=noninteractive", *words], name, timeout=timeout)
		return
	_sudo()
	prefix = ["sudo", "env", "DEBIAN_FRONTEND=noninteractive"]
	step(title, [*prefix, *words], name, timeout=timeout, foreground=True)


def _sudo() -> None:
	if os.geteuid() != 0 and os.system("sudo -v") != 0:
		raise NotHere("sudo was refused, so no package can be installed.")


def _packages() -> None:
	_as_root("apt-get update", "apt-update", "apt-get", "update")
	install = ("apt-get", "install", "-y", "--no-install-recommends", *PACKAGES)
	_as_root("apt-get install", "apt-install", *install, timeout=1800)
	try:
		_as_root(f"apt-get install {OPTIONAL}", "apt-optional", "apt-get", "install", "-y", OPTIONAL)
	except Failure:
		say(f"  going on without {OPTIONAL}: receipts open in the browser, but not as PDF")


def _make_user(name: str) -> None:
	try:
		pwd.getpwnam(name)
	except KeyError:
		_as_root(f"adding the user {name}", "useradd", "useradd", "-m", "-s", "/bin/bash", name)


def _node() -> None:
	"""Node as apt has it when it is new enough, else the current LTS by npm's `n`; then yarn."""
	code, version = quiet_output(["node", "--version"])
	found = re.match(r"v(\d+)", version) if code == 0 else None
	if not found or int(found[1]) < NODE:
		_as_root("npm install -g n", "npm-n", "npm", "install", "-g", "n")
		_as_root("n lts (Node, from nodejs.org)", "node-lts", "n", "lts", timeout=900)
	code, version = quiet_output(["yarn", "--version"], timeout=60)
	if code != 0 or not version.startswith("1."):  # Frappe needs classic yarn
		_as_root("npm install -g yarn@1", "npm-yarn", "npm", "install", "-g", "yarn@1")


def _bench(account: Account, path: Path) -> None:
	cli = account.home / "bench-cli"
	env = Bench(path, account).env(PATH=f"{cli}/bin:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin")

	def as_owner(
		title: str, name: str, *words: str | Path, cwd: Path = account.home, timeout: float = 1800
	) -> None:
		step(title, words, name, cwd=cwd, env=env, account=account, timeout=timeout)

	if not (cli / "bin" / "bench").exists():
		as_owner("making an environment for bench", "bench-cli", "python3", "-m", "venv", cli)
		as_owner(
			"pip install frappe-bench", "pip-bench", cli / "bin" / "pip", "install", "--quiet", "frappe-bench"
		)
	marker = _marker(account)
	reached = marker.read_text() if marker.exists() else ""
	if path.exists() and reached != GETTING:
		aside = path.with_name(f"{path.name}-unfinished-{secrets.token_hex(2)}")
		path.rename(aside)
		say(f"  {path} was left unfinished; moved to {aside}")
	if not path.exists():
		marker.write_text(INITIATING)
		init = ("init", "--frappe-branch", BRANCH, "--frappe-path", FRAPPE, "--no-backups", path)
		as_owner(f"bench init ({BRANCH})", "bench-init", cli / "bin" / "bench", *init)
		marker.write_text(GETTING)
	get = ("get-app", "--overwrite", "--branch", BRANCH, ERPNEXT)
	as_owner("bench get-app erpnext", "bench-get-erpnext", cli / "bin" / "bench", *get, cwd=path)
	marker.unlink()


def _marker(account: Account) -> Path:
	"""Beside a bench that this command has begun and not finished, with the step it was at."""
	return account.home / ".frappe-bench-unfinished"


def unfinished() -> bool:
	"""A bench that an earlier run was stopped at: take it up again instead of using it."""
	return _marker(_owner()).exists()


def _database_admin(found: Bench) -> None:
	"""A MariaDB administrator for the bench: the one of the system is root's alone, by unix socket."""
	if "root_password" in found.config:
		return
	_sudo()
	services.ensure(found)
	root = database.find_root(found)
	password = secrets.token_urlsafe(18)
	for host in ("localhost", "127.0.0.1"):
		root.sql(
			f"CREATE OR REPLACE USER '{ADMIN}'@'{host}' IDENTIFIED BY '{password}'; "
			f"GRANT ALL PRIVILEGES ON *.* TO '{ADMIN}'@'{host}' WITH GRANT OPTION"
		)
	path = found.sites / "common_site_config.json"
	config = json.loads(path.read_text()) | {"root_login": ADMIN, "root_password": password}
	config.setdefault("db_host", "127.0.0.1")
	path.write_text(json.dumps(config, indent=1, sort_keys=True))
	path.chmod(0o600)
	found.own(path)
