"""Finding a bench and driving it as the user that owns it."""

from __future__ import annotations

import fcntl
import json
import os
import pwd
import re
import shutil
import socket
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from tools.console import Account, Failure, NotHere, Ran, quiet_output, say, step

APP = "dealer_pos_crm"
# What a command of the bench user gets of our environment: the way to the network, and what concerns us.
PASSED_ON = re.compile(
	r"^(CI|TZ|LANG|(?:https?|all|no)_proxy|SSL_CERT_(?:FILE|DIR)|REQUESTS_CA_BUNDLE|NODE_EXTRA_CA_CERTS"
	r"|(?:PIP|UV|NPM|YARN|DEALER)_.*)$",
	re.IGNORECASE,
)


@dataclass(frozen=True)
class Bench:
	path: Path
	account: Account

	@property
	def sites(self) -> Path:
		return self.path / "sites"

	@property
	def app(self) -> Path:
		return self.path / "apps" / APP

	@property
	def python(self) -> Path:
		return self.path / "env" / "bin" / "python"

	@property
	def store(self) -> Path:
		"""What these tools keep in the bench: the clean dump, the test environment, reports, screenshots."""
		return self.path / f".{APP}"

	@cached_property
	def config(self) -> dict[str, object]:
		try:
			loaded: dict[str, object] = json.loads((self.sites / "common_site_config.json").read_text())
		except (OSError, ValueError) as error:
			raise NotHere(f"{self.sites}/common_site_config.json cannot be read ({error})") from None
		return loaded

	@cached_property
	def versions(self) -> dict[str, str]:
		"""Version and commit of Frappe and ERPNext: the key of everything that depends on them."""
		show = "import json, erpnext, frappe; print(json.dumps([frappe.__version__, erpnext.__version__]))"
		code, output = self.read([self.python, "-c", show], timeout=60)
		if code != 0:
			last = output.splitlines()[-1] if output else "no message"
			raise NotHere(f"the bench's python cannot import frappe and erpnext ({last})")
		found = dict(zip(("frappe", "erpnext"), json.loads(output.splitlines()[-1]), strict=True))
		for app in ("frappe", "erpnext"):
			code, commit = self.read(
				["git", "-C", self.path / "apps" / app, "rev-parse", "--short=10", "HEAD"]
			)
			if code == 0:
				found[f"{app}_commit"] = commit
		return found

	def env(self, **more: str) -> dict[str, str]:
		"""The environment of the bench user: its own home, and only what a command needs of ours."""
		home = self.account.home
		paths = [str(self.path / "env" / "bin"), str(home / ".local" / "bin"), *_node_folders(home)]
		kept = {key: value for key, value in os.environ.items() if PASSED_ON.match(key)}
		return {
			"LANG": "C.UTF-8",
			**kept,
			"HOME": str(home),
			"USER": self.account.name,
			"LOGNAME": self.account.name,
			"PATH": ":".join(
				[*paths, os.environ.get("PATH", ""), "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]
			),
			"PYTHONUNBUFFERED": "1",
			**more,
		}

	def frappe_command(self, *words: str, site: str | None = None) -> list[str]:
		"""What `bench [--site S] …` runs after it has found the bench itself."""
		prefix = [str(self.python), "-m", "frappe.utils.bench_helper", "frappe"]
		return [*prefix, *(["--site", site] if site else []), *words]

	def frappe(
		self, title: str, name: str, *words: str, site: str | None = None, timeout: float = 600
	) -> Ran:
		"""One titled `bench` command that has to work."""
		return self.step(title, self.frappe_command(*words, site=site), name, cwd=self.sites, timeout=timeout)

	def step(
		self,
		title: str,
		args: Sequence[str | Path],
		name: str,
		*,
		cwd: Path | None = None,
		timeout: float = 600,
		env: dict[str, str] | None = None,
		stdin: Path | None = None,
	) -> Ran:
		return step(
			title,
			args,
			name,
			cwd=cwd or self.path,
			env=env or self.env(),
			account=self.account,
			timeout=timeout,
			stdin=stdin,
		)

	def read(
		self, args: Sequence[str | Path], timeout: float = 30, cwd: Path | None = None
	) -> tuple[int, str]:
		return quiet_output(
			args, cwd=cwd or self.sites, env=self.env(), account=self.account, timeout=timeout
		)

	def own(self, path: Path) -> None:
		"""Give a path that we made as root to the bench user."""
		if os.geteuid() == 0:
			os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

	def folder(self, *parts: str) -> Path:
		"""A folder of ours in the bench, owned by the bench user."""
		path = self.store
		for part in ("", *parts):
			path = path / part
			if not path.exists():
				path.mkdir(parents=True)
				self.own(path)
		return path

	@contextmanager
	def locked(self) -> Iterator[float]:
		"""One run at a time: they share the copy of the app and the test site. Gives the seconds waited."""
		started = time.monotonic()
		path = self.folder() / "lock"
		with path.open("a+") as handle:
			if os.geteuid() == 0:
				self.own(path)
			try:
				fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
			except BlockingIOError:
				say(f"  another run holds {path}; waiting for it")
				fcntl.flock(handle, fcntl.LOCK_EX)
			yield time.monotonic() - started


def _node_folders(home: Path) -> list[str]:
	"""nvm keeps node outside the PATH of a plain command."""
	if shutil.which("node"):
		return []
	found = sorted((home / ".nvm" / "versions" / "node").glob("v*/bin"))
	return [str(found[-1])] if found else []


def candidates() -> list[Path]:
	if named := os.environ.get("BENCH_DIR"):
		return [Path(named).expanduser().absolute()]
	found = [Path.home() / "frappe-bench"]
	try:
		found.append(Path(pwd.getpwnam("frappe").pw_dir) / "frappe-bench")
	except KeyError:
		pass
	return list(dict.fromkeys(found))


def is_bench(path: Path) -> bool:
	try:
		return (path / "env" / "bin" / "python").exists() and (path / "apps" / "frappe").is_dir()
	except OSError:
		return False


def find() -> Bench:
	"""The bench of this machine: $BENCH_DIR, else ~/frappe-bench, else the frappe user's."""
	places = candidates()
	path = next((place for place in places if is_bench(place)), None)
	if path is None:
		hint = "" if os.environ.get("BENCH_DIR") else " ($BENCH_DIR names another place)"
		raise NotHere(f"no bench at {' or '.join(map(str, places))}{hint}")
	if not (path / "apps" / "erpnext").is_dir():
		raise NotHere(f"the bench at {path} has no ERPNext")
	owner = pwd.getpwuid((path / "sites").stat().st_uid)
	account = Account(owner.pw_name, owner.pw_uid, owner.pw_gid, Path(owner.pw_dir))
	if os.geteuid() not in (0, account.uid):
		raise NotHere(f"the bench at {path} belongs to {account.name}: run this as {account.name} or as root")
	if account.uid == 0:
		raise NotHere(f"the bench at {path} belongs to root, and Frappe's own commands refuse to run as root")
	bench = Bench(path, account)
	if bench.config.get("db_type", "mariadb") != "mariadb":
		raise NotHere(f"the bench at {path} uses {bench.config['db_type']}; the site tests need MariaDB")
	return bench


def listens(host: str, port: int) -> bool:
	try:
		with socket.create_connection((host, port), timeout=2):
			return True
	except OSError:
		return False


def address(url: object, port: int) -> tuple[str, int]:
	parts = urlsplit(str(url))
	return parts.hostname or "127.0.0.1", parts.port or port


def free_port(first: int = 8100) -> int:
	"""A port that nobody listens on."""
	for port in range(first, first + 400):
		with socket.socket() as probe:
			probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
			try:
				probe.bind(("0.0.0.0", port))
			except OSError:
				continue
			return port
	raise Failure(f"no free port between {first} and {first + 399}")
