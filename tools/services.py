"""Starting MariaDB and Redis when they are down. Never stops, restarts or configures anything."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.bench import Bench, address, listens
from tools.console import NotHere, identity, log_path, say, tail, wait_until

LOCAL = ("localhost", "127.0.0.1", "::1")
SOCKETS = ("/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/tmp/mysql.sock")


def database_address(bench: Bench) -> tuple[str, int]:
	return str(bench.config.get("db_host") or "127.0.0.1"), int(str(bench.config.get("db_port") or 3306))


def ensure(bench: Bench) -> None:
	"""MariaDB and both Redis servers of the bench answer, or NotHere with the reason."""
	_ensure_mariadb(bench)
	for key, port in (("redis_cache", 13000), ("redis_queue", 11000)):
		_ensure_redis(bench, key, port)


def _ensure_mariadb(bench: Bench) -> None:
	host, port = database_address(bench)
	if listens(host, port):
		return
	if host not in LOCAL:
		raise NotHere(f"MariaDB at {host}:{port} does not answer, and it is not on this machine")
	server = _first_of("mariadbd-safe", "mysqld_safe")
	if server is None:
		raise NotHere("MariaDB is not running and no server is installed (apt install mariadb-server)")
	sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
	log = log_path("mariadb")
	ways: list[Sequence[str]] = []
	if Path("/run/systemd/system").is_dir():
		ways.append([*sudo, "systemctl", "start", "mariadb"])
	if Path("/etc/init.d/mariadb").exists():
		ways.append([*sudo, "service", "mariadb", "start"])
	ways.append([*sudo, "setsid", server, "--user=mysql"])
	say("  MariaDB is down; starting it")
	if not sudo:
		# Debian makes this folder at boot; in a container nobody does.
		run_folder = Path("/run/mysqld")
		if not run_folder.exists():
			run_folder.mkdir(parents=True)
			shutil.chown(run_folder, "mysql")
	for command in ways:
		if _start(command, log, lambda: listens(host, port), patience=45):
			return
	last = tail(log, 3)
	raise NotHere(f"MariaDB is down and could not be started ({'; '.join(last) or 'no message'}; log: {log})")


def _ensure_redis(bench: Bench, key: str, default_port: int) -> None:
	host, port = address(bench.config.get(key) or "", default_port)
	if listens(host, port):
		return
	if host not in LOCAL:
		raise NotHere(f"Redis ({key}) at {host}:{port} does not answer, and it is not on this machine")
	server = _first_of("redis-server")
	if server is None:
		raise NotHere("Redis is not running and not installed (apt install redis-server)")
	config = bench.path / "config" / f"{key}.conf"
	if not config.exists():
		raise NotHere(f"Redis ({key}) is down and {config} is missing (bench setup redis)")
	log = log_path(key)
	say(f"  Redis ({key}) is down; starting it")
	if not _start([server, str(config)], log, lambda: listens(host, port), patience=20, bench=bench):
		last = tail(log, 3)
		raise NotHere(f"Redis ({key}) could not be started ({'; '.join(last) or 'no message'}; log: {log})")


def _first_of(*names: str) -> str | None:
	for name in names:
		if found := shutil.which(
			name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/bin:/usr/local/sbin"
		):
			return found
	return None


def _start(
	command: Sequence[str], log: Path, up: Callable[[], bool], patience: float, bench: Bench | None = None
) -> bool:
	"""Start a server that outlives us. Its output goes to a file: a pipe of ours would keep callers waiting."""
	ids = identity(bench.account if bench else None)
	with log.open("ab") as out:
		out.write(f"$ {' '.join(command)}\n".encode())
		out.flush()
		try:
			process = subprocess.Popen(
				command,
				stdin=subprocess.DEVNULL,
				stdout=out,
				stderr=subprocess.STDOUT,
				# sudo remembers a password for this terminal's session only: leave it in there.
				start_new_session=command[0] != "sudo",
				cwd=bench.path if bench else "/",
				env=bench.env() if bench else None,
				user=ids.user,
				group=ids.group,
				extra_groups=ids.groups,
			)
		except OSError as error:
			out.write(f"cannot start: {error}\n".encode())
			return False

	def settled() -> bool:
		return up() or (process.poll() or 0) != 0

	wait_until(settled, patience)
	return up()
