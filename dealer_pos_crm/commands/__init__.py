"""What the app adds to ``bench``."""

import sys
from pathlib import Path

import click
import frappe
from frappe.commands import get_site, pass_context


@click.command("dealer-rebuild-spine")
@click.option("--check", is_flag=True, help="Only report what differs; change nothing.")
@click.option("--backfill", is_flag=True, help="Also tell documents older than the Dealer Settings.")
@click.option("--restart", is_flag=True, help="Forget an earlier run that was stopped.")
@pass_context
def rebuild_spine(context, check: bool, backfill: bool, restart: bool) -> None:
	"""Recompute all events from their source documents; report or repair the differences."""
	from dealer_pos_crm.dealer_crm.rebuild import SHOWN, Rebuild

	with _site(context):
		rebuild = Rebuild(check=check, backfill=backfill, restart=restart)
		if rebuild.resumed:
			click.echo("Going on where the last run was stopped (--restart begins anew)")
		with click.progressbar(length=rebuild.total(), label="Comparing", file=sys.stderr) as bar:
			for rows in rebuild.run():
				bar.update(rows)
		report = rebuild.report
		for line in report.lines:
			click.echo(line)
		if report.differences > SHOWN:
			click.echo(f"... and {report.differences - SHOWN} more")
		verb = "differ" if check else "differed and were repaired"
		click.echo(f"{report.checked} events told again, {report.differences} {verb}")
		if check and report.differences:
			sys.exit(1)


@click.command("dealer-export-history")
@click.option("--out", required=True, type=click.Path(dir_okay=False), help="JSON Lines file to write.")
@click.option("--since", help="Only what happened after this date (YYYY-MM-DD).")
@click.option("--with-names", is_flag=True, help="Keep customers' names instead of pseudonyms.")
@pass_context
def export_history(context, out: str, since: str | None, with_names: bool) -> None:
	"""Write the site's history for ``dealer-pos rehearse``."""
	from dealer_pos_crm.dealer_crm.export import count, history
	from dealer_pos_crm.rehearsal.writer import write_jsonl

	with _site(context), Path(out).open("w", encoding="utf-8") as file:
		with click.progressbar(
			history(since=since, with_names=with_names),
			length=count(since),
			label="Exporting",
			file=sys.stderr,
		) as events:
			written = write_jsonl(events, file)
	click.echo(f"{written} events written to {out}")


class _site:
	"""One connected site for a command."""

	def __init__(self, context) -> None:
		self.name = get_site(context)

	def __enter__(self) -> None:
		frappe.init(site=self.name)
		frappe.connect()
		frappe.set_user("Administrator")

	def __exit__(self, kind, error, trace) -> None:
		try:
			if kind is None:
				frappe.db.commit()
		finally:
			frappe.destroy()


commands = [rebuild_spine, export_history]
