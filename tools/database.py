"""MariaDB as its administrator: only to make, fill and drop the databases of our own sites."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tools.bench import Bench
from tools.console import Failure, NotHere, quiet_output, run
from tools.services import database_address

NAME = re.compile(r"^[A-Za-z0-9_]{1,60}$")


@dataclass(frozen=True)
class Root:
	"""A way in that was tried and works."""

	command: tuple[str, ...]
	environment: dict[str, str] = field(repr=False)

	def sql(self, statement: str) -> str:
		words = [*self.command, "--batch", "--skip-column-names", "-e", statement]
		code, output = quiet_output(words, env={**os.environ, **self.environment}, timeout=120)
		if code != 0:
			raise Failure(
				f"MariaDB refused a statement of ours: {output.splitlines()[-1] if output else code}"
			)
		return output

	def load(self, database: str, dump: Path, log: Path) -> None:
		_check(database)
		ran = run(
			[*self.command, database], log, env={**os.environ, **self.environment}, stdin=dump, timeout=300
		)
		if ran.code != 0:
			raise Failure(f"the dump {dump.name} could not be loaded", log)

	def recreate(self, database: str, password: str) -> None:
		"""An empty database with a user of the same name that may do anything in it."""
		_check(database)
		self.drop(database)
		self.sql(f"CREATE DATABASE `{database}` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
		for host in self._hosts():
			self.sql(
				f"CREATE OR REPLACE USER '{database}'@'{host}' IDENTIFIED BY '{password}'; "
				f"GRANT ALL PRIVILEGES ON `{database}`.* TO '{database}'@'{host}'"
			)
		self.sql("FLUSH PRIVILEGES")

	def drop(self, database: str) -> None:
		_check(database)
		self.sql(f"DROP DATABASE IF EXISTS `{database}`")
		for host in self._hosts():
			self.sql(f"DROP USER IF EXISTS '{database}'@'{host}'")

	def _hosts(self) -> list[str]:
		"""Where the site's user comes from: as we do ourselves, or from this machine."""
		here = self.sql("SELECT SUBSTRING_INDEX(USER(), '@', -1)").strip()
		return list(dict.fromkeys(["localhost", "127.0.0.1", here]))


def _check(database: str) -> None:
	if not NAME.match(database):
		raise Failure(f"{database!r} is no database name of ours")


def client() -> str:
	found = shutil.which("mariadb") or shutil.which("mysql")
	if found is None:
		raise NotHere("no MariaDB client on this machine (apt install mariadb-client)")
	return found


def find_root(bench: Bench) -> Root:
	"""common_site_config's root login, else DB_ROOT_USERNAME and DB_ROOT_PASSWORD, else the unix socket."""
	host, port = database_address(bench)
	program, tried = client(), []
	for where, user, password in _credentials(bench):
		command = (program, f"--host={host}", f"--port={port}", f"--user={user}")
		root = Root(command, {"MYSQL_PWD": password})
		problem = _problem(root)
		if problem is None:
			return root
		tried.append(f"{where}: {problem}")
	if os.geteuid() == 0:
		root = Root((program, "--user=root"), {})
	else:
		root = Root(("sudo", "-n", program, "--user=root"), {})
	problem = _problem(root)
	if problem is None:
		return root
	tried.append(f"unix socket as root: {problem}")
	raise NotHere(
		"no way into MariaDB as its administrator (set DB_ROOT_USERNAME and DB_ROOT_PASSWORD, or root_login and "
		f"root_password in common_site_config.json); tried {'; '.join(tried)}"
	)


def _credentials(bench: Bench) -> Iterator[tuple[str, str, str]]:
	config = bench.config
	if "root_password" in config:
		yield "common_site_config.json", str(config.get("root_login") or "root"), str(config["root_password"])
	if "DB_ROOT_PASSWORD" in os.environ:
		yield "environment", os.environ.get("DB_ROOT_USERNAME") or "root", os.environ["DB_ROOT_PASSWORD"]


def _problem(root: Root) -> str | None:
	words = [*root.command, "-e", "SELECT 1"]
	code, output = quiet_output(words, env={**os.environ, **root.environment}, timeout=20)
	return None if code == 0 else (output.splitlines()[-1] if output else f"exit code {code}")


@contextmanager
def dumping(target: Path) -> Iterator[Path]:
	"""A name to write to, so that a dump that was cut short is never taken for a whole one."""
	part = target.with_suffix(".part")
	part.unlink(missing_ok=True)
	yield part
	part.replace(target)
