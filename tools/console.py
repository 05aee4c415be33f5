"""Speaking to the person at the terminal, and running commands with their output kept in a log."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

CHECKOUT = Path(__file__).resolve().parent.parent
BUILD = CHECKOUT / "build"
LOGS = BUILD / "logs"
TAIL_LINES = 25
# Frappe prints every local variable of a failing frame; the log has them, a summary need not.
FRAME_VARIABLE = re.compile(r"^ {6,}[A-Za-z_]\w* = ")


class Failure(Exception):
	"""A step that did not work, in words for a person, with the end of its log."""

	def __init__(self, message: str, log: Path | None = None):
		super().__init__(message)
		self.log = log

	def explain(self) -> str:
		text = str(self)
		if self.log is not None:
			lines = tail(self.log)
			if lines:
				text += "\n" + "\n".join(f"    | {line}" for line in lines)
			text += f"\n    full log: {self.log}"
		return text


class NotHere(Exception):
	"""This machine lacks something. Not an error: the layers that need it are reported as NOT RUN."""


@dataclass(frozen=True)
class Account:
	"""The operating-system user that a command runs as (subprocess changes to it; needs root)."""

	name: str
	uid: int
	gid: int
	home: Path


@dataclass(frozen=True)
class Ran:
	code: int
	seconds: float
	log: Path
	timed_out: bool = False


def stop_children_with_us() -> None:
	"""Told to end (a CI job that is cancelled), end as by Ctrl-C: what we started is stopped, not left behind."""
	signal.signal(signal.SIGTERM, lambda _signal, _frame: sys.exit(143))


def say(text: str = "") -> None:
	print(text, flush=True)


def shout(text: str) -> None:
	rule = "!" * 78
	say(f"\n{rule}\n{text}\n{rule}")


def tail(log: Path, count: int = TAIL_LINES) -> list[str]:
	"""The last lines of a log; of a progress bar drawn with carriage returns, its last state."""
	try:
		text = log.read_text(encoding="utf-8", errors="replace")
	except OSError:
		return []
	lines = [line.rstrip("\n").rsplit("\r", 1)[-1].rstrip() for line in text.split("\n")]
	return [line[:400] for line in lines if line.strip() and not FRAME_VARIABLE.match(line)][-count:]


def log_path(name: str) -> Path:
	LOGS.mkdir(parents=True, exist_ok=True)
	return LOGS / f"{name}.log"


@dataclass
class Job:
	"""A command that runs, with its output going to its log."""

	process: subprocess.Popen[bytes]
	started: float
	log: Path
	out: BinaryIO
	reader: threading.Thread

	def wait(self, timeout: float | None) -> Ran:
		"""Its end; after `timeout` seconds the whole process group is stopped."""
		timed_out = False
		try:
			code = self.process.wait(timeout)
		except subprocess.TimeoutExpired:
			timed_out = True
			code = _stop_group(self.process)
		self.reader.join(3)
		self.out.close()
		return Ran(code, time.monotonic() - self.started, self.log, timed_out)

	def stop(self) -> None:
		_stop_group(self.process)


def start(
	args: Sequence[str | Path],
	log: Path,
	*,
	cwd: Path | None = None,
	env: Mapping[str, str] | None = None,
	account: Account | None = None,
	live: bool = False,
	stdin: Path | None = None,
	foreground: bool = False,
	on_terminal: bool = False,
) -> Job | Ran:
	"""Start a command with its output in `log` (and on the terminal with `live`); `Ran` when it cannot start.

	`foreground` keeps the terminal for a command that may ask something there (sudo); `on_terminal` gives it
	the terminal to draw on, and no log.
	"""
	started = time.monotonic()
	words = [str(word) for word in args]
	ids = identity(account)
	out = log.open("ab")
	out.write(f"$ {' '.join(words)}\n".encode())
	out.flush()
	with open(stdin or os.devnull, "rb") as source:
		try:
			process = subprocess.Popen(
				words,
				cwd=cwd,
				env=dict(env) if env is not None else None,
				stdin=None if foreground else source,
				stdout=None if on_terminal else subprocess.PIPE,
				stderr=None if on_terminal else subprocess.STDOUT,
				start_new_session=not foreground,
				user=ids.user,
				group=ids.group,
				extra_groups=ids.groups,
			)
		except OSError as error:
			out.write(f"cannot start: {error}\n".encode())
			out.close()
			return Ran(127, time.monotonic() - started, log)
	# A thread reads, so that a daemon which the command leaves behind cannot keep us waiting for its pipe.
	reader = threading.Thread(target=_copy, args=(process, out, live), daemon=True)
	reader.start()
	return Job(process, started, log, out, reader)


def wait_for_all(jobs: Sequence[Job | Ran], timeout: float | None = None) -> list[Ran]:
	"""The end of each; told to end ourselves, all of them are stopped first."""
	until = None if timeout is None else time.monotonic() + timeout
	try:
		return [
			job
			if isinstance(job, Ran)
			else job.wait(None if until is None else max(0, until - time.monotonic()))
			for job in jobs
		]
	except BaseException:
		for job in jobs:
			if isinstance(job, Job):
				job.stop()
		raise


def run(
	args: Sequence[str | Path],
	log: Path,
	*,
	cwd: Path | None = None,
	env: Mapping[str, str] | None = None,
	account: Account | None = None,
	timeout: float | None = None,
	live: bool = False,
	stdin: Path | None = None,
	foreground: bool = False,
	on_terminal: bool = False,
) -> Ran:
	"""Run a command to its end, at most `timeout` seconds; see `start`."""
	job = start(
		args,
		log,
		cwd=cwd,
		env=env,
		account=account,
		live=live,
		stdin=stdin,
		foreground=foreground,
		on_terminal=on_terminal,
	)
	return wait_for_all([job], timeout)[0]


def _copy(process: subprocess.Popen[bytes], out: BinaryIO, live: bool) -> None:
	if process.stdout is None:
		return
	try:
		while chunk := os.read(process.stdout.fileno(), 65536):
			out.write(chunk)
			out.flush()
			if live:
				sys.stdout.buffer.write(chunk)
				sys.stdout.buffer.flush()
	except (OSError, ValueError):
		pass  # the log was closed: nobody listens any more


@dataclass(frozen=True)
class Identity:
	"""What subprocess is told to become; three times None stays who we are."""

	user: int | None = None
	group: int | None = None
	groups: list[int] | None = None


def identity(account: Account | None) -> Identity:
	if account is None or account.uid == os.geteuid():
		return Identity()
	return Identity(account.uid, account.gid, os.getgrouplist(account.name, account.gid))


def _stop_group(process: subprocess.Popen[bytes]) -> int:
	"""Stop the command and what it started (never anything else); its exit code."""
	for sig in (signal.SIGTERM, signal.SIGKILL):
		try:
			if os.getpgid(process.pid) == process.pid:
				os.killpg(process.pid, sig)
			else:
				process.send_signal(sig)
			return process.wait(5)
		except (ProcessLookupError, PermissionError):
			break
		except subprocess.TimeoutExpired:
			continue
	return process.poll() or 1


def step(title: str, args: Sequence[str | Path], name: str, **options: object) -> Ran:
	"""One titled command that has to work; its log is `build/logs/<name>.log`."""
	log = log_path(name)
	log.unlink(missing_ok=True)
	sys.stdout.write(f"  {title} ... ")
	sys.stdout.flush()
	ran = run(args, log, **options)  # type: ignore[arg-type]
	if ran.code != 0:
		say("FAILED")
		why = "took too long and was stopped" if ran.timed_out else f"exit code {ran.code}"
		raise Failure(f"{title}: {why}", log)
	say(f"done ({ran.seconds:.0f} s)")
	return ran


def quiet_output(
	args: Sequence[str | Path],
	*,
	cwd: Path | None = None,
	env: Mapping[str, str] | None = None,
	account: Account | None = None,
	timeout: float = 30,
) -> tuple[int, str]:
	"""A short command's exit code and its output (both streams)."""
	ids = identity(account)
	try:
		done = subprocess.run(
			[str(word) for word in args],
			cwd=cwd,
			env=dict(env) if env is not None else None,
			stdin=subprocess.DEVNULL,
			stdout=subprocess.PIPE,
			stderr=subprocess.STDOUT,
			timeout=timeout,
			user=ids.user,
			group=ids.group,
			extra_groups=ids.groups,
		)
	except (OSError, subprocess.TimeoutExpired) as error:
		return 127, str(error)
	return done.returncode, done.stdout.decode("utf-8", "replace").strip()


def wait_until(condition: Callable[[], bool], seconds: float, pause: float = 0.25) -> bool:
	deadline = time.monotonic() + seconds
	while time.monotonic() < deadline:
		if condition():
			return True
		time.sleep(pause)
	return condition()
