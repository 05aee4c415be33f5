"""The link as a picture that a phone reads from a screen or a paper."""

import io

from pyqrcode import create


def picture(address: str) -> str:
	"""The address as SVG: dark on light in every theme, as cameras want it."""
	stream = io.BytesIO()
	create(address, error="M").svg(
		stream, scale=4, background="#ffffff", module_color="#000000", xmldecl=False, svgns=True, quiet_zone=4
	)
	return stream.getvalue().decode()
