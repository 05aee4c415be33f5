"""Recall campaigns from the United States' public service, by make, model and model year.

It needs no key and is told nothing about a customer, and no VIN.
"""

import requests

from dealer_pos_crm.domain.recall import Campaign, Car, campaign_of_nhtsa
from dealer_pos_crm.domain.refusal import Refused
from dealer_pos_crm.gateways.errors import BadAnswer, Unreachable

BASE_URL = "https://api.nhtsa.gov"
SOURCE = "NHTSA"
# Seconds to connect, and between two pieces of the answer.
TIMEOUT = (5, 20)
_LARGEST = 4_000_000
# How the service says that it has nothing under these names.
_UNKNOWN = (400, 404)


class Nhtsa:
	"""A client for one base URL; ``base_url`` is another one in tests and behind a proxy."""

	def __init__(self, base_url: str = BASE_URL, timeout: tuple[float, float] = TIMEOUT) -> None:
		self.base_url = base_url.rstrip("/")
		self.timeout = timeout

	def campaigns(self, car: Car) -> list[Campaign]:
		"""All campaigns for a model of a year; empty when there is none or the service does not know it.

		Raises ``Unreachable`` (try again later) or ``BadAnswer``.
		"""
		try:
			with requests.Session() as session:
				response = session.get(
					f"{self.base_url}/recalls/recallsByVehicle",
					params={"make": car.make, "model": car.model, "modelYear": car.year},
					headers={"Accept": "application/json"},
					timeout=self.timeout,
					allow_redirects=False,
				)
		except requests.RequestException as error:
			raise Unreachable(f"no answer from {self.base_url}: {type(error).__name__}") from error
		if response.status_code in _UNKNOWN:
			return []
		if response.status_code == 429 or response.status_code >= 500:
			raise Unreachable(f"{self.base_url} answered {response.status_code}")
		if response.status_code != 200:
			raise BadAnswer(f"{self.base_url} answered {response.status_code}")
		return _campaigns(response)


def _campaigns(response: requests.Response) -> list[Campaign]:
	if len(response.content) > _LARGEST:
		raise BadAnswer(f"an answer of {len(response.content)} bytes")
	try:
		data = response.json()
	except ValueError as error:
		raise BadAnswer("an answer that is no JSON") from error
	rows = (data.get("results") or data.get("Results") or []) if isinstance(data, dict) else None
	if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
		raise BadAnswer("an answer without a list of results")
	try:
		found = {campaign.number: campaign for campaign in map(campaign_of_nhtsa, rows)}
	except Refused as refused:
		raise BadAnswer(str(refused)) from refused
	return list(found.values())
