"""The Desk in a real Chromium: a web server for the test site, a browser, a page per test."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, sync_playwright

from tests.support import PASSWORD, SITE, SITES, clean_slate, connected, frappe_command

CHROMIUM = os.environ.get("DEALER_CHROMIUM", "/usr/bin/chromium")
PHONE = {"width": 390, "height": 844}
SCREENSHOTS = Path(os.environ.get("DEALER_SCREENSHOTS") or SITES.parent / ".dealer_pos_crm" / "screenshots")
FLAGS = [
	"--no-sandbox",
	"--disable-gpu",
	"--disable-dev-shm-usage",
	"--disable-background-networking",
	"--disable-component-update",
	"--disable-sync",
	"--disable-quic",
]
# The test server has no socket.io behind it; Desk says so in the console and works without.
EXPECTED_NOISE = re.compile(r"socket\.io|/favicon|websocket", re.IGNORECASE)

Login = Callable[..., None]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
	"""The same site as seen from this process: to make records, and to look at what the browser did."""
	with connected() as name:
		yield name


@pytest.fixture(autouse=True)
def rolled_back(site: str) -> Iterator[None]:
	clean_slate()  # the web server has committed since: see it
	yield
	clean_slate()


@pytest.fixture(scope="session")
def base_url(site: str) -> Iterator[str]:
	"""Address of a web server that serves the test site, whatever the host name of the request."""
	with socket.socket() as probe:
		probe.bind(("127.0.0.1", 0))
		port = probe.getsockname()[1]
	log = SCREENSHOTS.parent / "reports" / "web.log"
	log.parent.mkdir(parents=True, exist_ok=True)
	with log.open("wb") as out:
		server = subprocess.Popen(
			frappe_command("serve", "--port", str(port), "--noreload", site=SITE),
			cwd=SITES,
			env={**os.environ, "CI": "1"},  # no debugger, no reloader
			stdin=subprocess.DEVNULL,
			stdout=out,
			stderr=subprocess.STDOUT,
		)
	address = f"http://127.0.0.1:{port}"
	try:
		_wait_for(f"{address}/api/method/ping", server, log)
		yield address
	finally:
		server.terminate()
		try:
			server.wait(10)
		except subprocess.TimeoutExpired:
			server.kill()


def _wait_for(url: str, server: subprocess.Popen[bytes], log: Path) -> None:
	deadline = time.monotonic() + 60
	while time.monotonic() < deadline and server.poll() is None:
		try:
			with urllib.request.urlopen(url, timeout=10):
				return
		except urllib.error.HTTPError as error:
			pytest.fail(f"{url} answers {error.code}:\n{log.read_text(errors='replace')[-2000:]}")
		except OSError:
			time.sleep(0.25)
	pytest.fail(f"the web server of {SITE} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
	with sync_playwright() as playwright:
		chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS, headless=True)
		yield chromium
		chromium.close()


@dataclass
class Console:
	"""What a page complained about: JavaScript errors, error messages, answers of 500 and above."""

	errors: list[str] = field(default_factory=list)

	def watch(self, page: Page) -> None:
		page.on("pageerror", lambda error: self._note(f"{page.url}: {error}", ""))
		page.on("console", self._message)
		page.on("response", lambda r: r.status >= 500 and self._note(f"{r.status} {r.url}", ""))

	def _message(self, message: ConsoleMessage) -> None:
		if message.type == "error":
			self._note(message.text, message.location.get("url", ""))

	def _note(self, text: str, url: str) -> None:
		if not EXPECTED_NOISE.search(f"{text} {url}"):
			self.errors.append(f"{text} ({url})" if url else text)

	def assert_clean(self) -> None:
		assert not self.errors, "\n".join(["the page complained:", *self.errors])


@pytest.fixture
def console() -> Console:
	return Console()


@pytest.fixture
def context(browser: Browser, base_url: str) -> Iterator[BrowserContext]:
	opened = browser.new_context(base_url=base_url, viewport={"width": 1440, "height": 900}, locale="en-US")
	opened.set_default_timeout(20_000)
	yield opened
	opened.close()


@pytest.fixture
def page(context: BrowserContext, console: Console, request: pytest.FixtureRequest) -> Iterator[Page]:
	"""A fresh, logged-out page; a screenshot named like the test is kept, also of a failure."""
	opened = context.new_page()
	console.watch(opened)
	yield opened
	try:
		screenshot(opened, request.node.name)
	except Error:
		pass  # the page is gone: there is nothing left to show


@pytest.fixture
def phone(browser: Browser, base_url: str, console: Console) -> Iterator[Page]:
	"""A customer's phone, logged out."""
	context = browser.new_context(base_url=base_url, viewport=PHONE, locale="en-US", has_touch=True)
	context.set_default_timeout(20_000)
	page = context.new_page()
	console.watch(page)
	yield page
	context.close()


@pytest.fixture
def login(base_url: str) -> Login:
	"""`login(page, user="Administrator", password="admin")`: a session, as the login form makes one."""

	def _login(page: Page, user: str = "Administrator", password: str = PASSWORD) -> None:
		answer = page.request.post(f"{base_url}/api/method/login", form={"usr": user, "pwd": password})
		assert answer.ok, f"login as {user} failed: {answer.status} {answer.text()[:300]}"

	return _login


@pytest.fixture
def desk(page: Page, login: Login) -> Callable[..., Page]:
	"""`desk("customer/new", user=...)`: logged in, at a route of Desk, with its first page drawn."""

	def _open(route: str = "", user: str = "Administrator", password: str = PASSWORD) -> Page:
		# A late answer to the page of whoever was logged in before would bring their cookie back.
		page.goto("about:blank")
		login(page, user, password)
		page.goto(f"/app/{route}")
		page.wait_for_function("() => window.frappe?.boot && frappe.get_route?.()?.length")
		page.wait_for_selector("body[data-ajax-state='complete']", state="attached")
		return page

	return _open


def screenshot(page: Page, name: str) -> Path:
	SCREENSHOTS.mkdir(parents=True, exist_ok=True)
	path = SCREENSHOTS / (re.sub(r"[^A-Za-z0-9._-]+", "-", name).strip("-") + ".png")
	page.screenshot(path=path)
	return path
