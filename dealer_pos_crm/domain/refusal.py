"""How the domain says no.

A refusal names what is wrong and what to do. It carries its text as a template with numbered
places, so that the caller can translate the template first and fill it afterwards.
"""


def _(template: str) -> str:
	"""Mark a text for the translators; the translation itself happens at the edge."""
	return template


class Refused(Exception):
	"""A rule of the dealership forbids this.

	``code`` is stable and machine-readable; ``template`` is the untranslated text with ``{0}`` places;
	``values`` fill them.
	"""

	def __init__(self, code: str, template: str, *values: object) -> None:
		self.code = code
		self.template = template
		self.values = tuple(str(value) for value in values)
		super().__init__(template.format(*self.values))


class WrongAmount(Refused):
	"""An amount that is no amount: zero, negative, too precise, or in another currency."""
