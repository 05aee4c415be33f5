"""Our own sites in a bench, filled in seconds from a dump of a fresh ERPNext site."""

from __future__ import annotations

import json
import secrets
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tools.bench import APP, Bench
from tools.console import CHECKOUT, Failure, log_path, run, say
from tools.database import Root, dumping
from tools.venv import fingerprint

TEST = "dealer-test.localhost"
SECOND = "dealer-test-2.localhost"
UNINSTALL = "dealer-uninstall.localhost"
DEMO = "dealer-demo.localhost"
CLEAN = "dealer-clean.localhost"
# No other site is ever made, changed or dropped by these tools.
OURS = frozenset((TEST, SECOND, UNINSTALL, DEMO, CLEAN))

PASSWORD = "admin"
KEEP_DUMPS = 2


@dataclass(frozen=True)
class Sites:
	bench: Bench
	root: Root

	def folder(self, name: str) -> Path:
		if name not in OURS:
			raise Failure(f"{name} is not a site of these tools")
		return self.bench.sites / name

	def database(self, name: str) -> str:
		"""One name per bench and site: two benches may share a server."""
		return f"_{name.split('.')[0].replace('-', '_')}_{fingerprint(str(self.bench.path), name)[:8]}"

	def remove(self, name: str) -> None:
		folder = self.folder(name)
		self.root.drop(self.database(name))
		if folder.exists():
			shutil.rmtree(folder)

	def clean_dump(self) -> Path:
		"""A fresh ERPNext site with a company and without our app, as SQL; made once per version and year."""
		versions = self.bench.versions
		wizard = CHECKOUT / "tools" / "wizard.py"
		key = fingerprint(wizard, str(date.today().year), json.dumps(versions, sort_keys=True))
		folder = self.bench.folder("dumps")
		path = folder / f"frappe-{versions['frappe']}-erpnext-{versions['erpnext']}-{key}.sql"
		if path.exists():
			return path
		say(
			f"  no clean site for Frappe {versions['frappe']} and ERPNext {versions['erpnext']} yet: making one"
		)
		database, password = self.database(CLEAN), secrets.token_hex(12)
		self.remove(CLEAN)
		self.root.recreate(database, password)
		self.bench.frappe(
			"bench new-site --install-app erpnext",
			"new-site",
			*("new-site", CLEAN, "--no-setup-db", "--db-name", database, "--db-password", password),
			*("--admin-password", PASSWORD, "--install-app", "erpnext"),
			timeout=900,
		)
		self._inside("completing ERPNext's setup wizard", "wizard.py", CLEAN)
		self._inside("emptying its queues", "inside.py", "purge", CLEAN)
		self._dump(database, path)
		self.remove(CLEAN)
		for old in sorted(folder.glob("*.sql"), key=lambda dump: dump.stat().st_mtime)[:-KEEP_DUMPS]:
			old.unlink()
		return path

	def _dump(self, database: str, path: Path) -> None:
		program = shutil.which("mariadb-dump") or shutil.which("mysqldump")
		if program is None:
			raise Failure("no mariadb-dump on this machine (apt install mariadb-client)")
		# The same way in as the client's: swap the program, keep the credentials.
		at = next(i for i, word in enumerate(self.root.command) if Path(word).name in ("mariadb", "mysql"))
		words = [*self.root.command[:at], program, *self.root.command[at + 1 :]]
		log = log_path("dump")
		with dumping(path) as part:
			options = ["--single-transaction", "--quick", "--skip-comments", f"--result-file={part}"]
			ran = run([*words, *options, database], log, env={**self.bench.env(), **self.root.environment})
			if ran.code != 0:
				raise Failure("the clean site could not be dumped", log)

	def restore(self, name: str, **config: object) -> None:
		"""The site as it was before our app was installed, whatever had become of it."""
		self._fill(name, self.clean_dump(), config)
		self._inside(f"restoring {name} from the clean dump", "inside.py", "purge", name)
		if config.get("allow_tests"):
			self._inside(f"setting the clock of {name}", "inside.py", "clock", name)

	def copy(self, source: str, name: str, **config: object) -> None:
		"""A second site like one that was just made: a dump is quicker than another installation."""
		dump = self.bench.folder("dumps") / f"{source}.copy"
		try:
			self._dump(self.database(source), dump)
			self._fill(name, dump, config)
		finally:
			dump.unlink(missing_ok=True)
		self._inside(f"copying {source} to {name}", "inside.py", "purge", name)

	def _fill(self, name: str, dump: Path, config: Mapping[str, object]) -> None:
		folder, database, password = self.folder(name), self.database(name), secrets.token_hex(12)
		self.remove(name)
		self.root.recreate(database, password)
		self.root.load(database, dump, log_path(f"restore-{name}"))
		self._make_folders(folder)
		self._write_config(
			folder, {"db_name": database, "db_password": password, "db_type": "mariadb", **config}
		)

	def _make_folders(self, folder: Path) -> None:
		for part in (
			"",
			"public",
			"public/files",
			"private",
			"private/files",
			"private/backups",
			"locks",
			"logs",
		):
			path = folder / part
			path.mkdir()
			self.bench.own(path)

	def _write_config(self, folder: Path, config: Mapping[str, object]) -> None:
		path = folder / "site_config.json"
		path.touch(mode=0o640)
		path.write_text(json.dumps(config, indent=1, sort_keys=True))
		self.bench.own(path)

	def _inside(self, title: str, script: str, *words: str) -> None:
		# From the copy: the bench user may not be able to read the checkout.
		command: list[str | Path] = [self.bench.python, self.bench.app / "tools" / script, *words]
		self.bench.step(title, command, "-".join([script, *words]), cwd=self.bench.sites, timeout=300)

	def install_app(self, name: str) -> None:
		self.bench.frappe(
			f"bench --site {name} install-app {APP}", f"install-app-{name}", "install-app", APP, site=name
		)

	def has_app(self, name: str) -> bool:
		"""Whether the site exists, answers and has our app."""
		if not (self.folder(name) / "site_config.json").exists():
			return False
		words = self.bench.frappe_command("list-apps", site=name)
		code, output = self.bench.read(words, timeout=60)
		return code == 0 and any(line.split()[:1] == [APP] for line in output.splitlines())
