"""What people at Summit Motors say and sell."""

CHANNELS = (("In Person", "Signature"), ("Phone", "Spoken"), ("Remote", "Online"))

ORDERS = (
	"2026 Honda Pilot TrailSport",
	"2026 Toyota RAV4 Limited",
	"2026 Ford Bronco Badlands",
	"2026 Jeep Wrangler Rubicon",
	"2026 Toyota Tacoma TRD Off-Road",
	"2026 Subaru Outback Touring",
	"2026 Kia Telluride SX",
	"2026 Ford F-150 Lightning",
)
SPECIAL_PARTS = (
	"Roof rack cross bars",
	"Driver side mirror, painted",
	"All-weather floor mats, full set",
	"Tow hitch and wiring harness",
	"Replacement key and programming",
	"Rear bumper cover",
	"Winter wheel set, 18 inch",
	"Tonneau cover, hard fold",
)
ACCESSORIES = (
	("Tow package, fitted", 695),
	("Window tint", 349),
	("Running boards, fitted", 580),
	("Remote start", 425),
	("Paint protection, front", 890),
	("All-weather mats", 210),
)
COUNTER_PARTS = (
	("Wiper blades, pair", "44.90"),
	("Touch-up paint pen", "19.95"),
	("Oil filter, 3 pack", "38.70"),
	("Cabin air filter", "27.40"),
	("Key fob battery and shell", "24.50"),
	("Cargo tray", "129.00"),
	("Headlight bulb, LED", "86.25"),
	("Mud flaps, set of four", "98.60"),
)
REFUND_REASONS = (
	"Financing was not approved",
	"Bought elsewhere",
	"Changed their mind about the color",
	"Trade-in value was lower than hoped",
	"Test drive: too small for the family",
	"Insurance quote was too high",
	"Delivery date too late",
	"Family emergency, purchase called off",
)
FORFEIT_REASONS = (
	"Did not come back, three calls unanswered",
	"Bought elsewhere after the refund date",
	"Special order cancelled after it was built",
)
MOVE_REASONS = (
	"Prefers the one with lower mileage",
	"Wants all-wheel drive",
	"Another color came in",
	"Inspection found a problem with the first car",
)
EXTEND_REASONS = (
	"Waiting for the credit union",
	"Spouse is back on the weekend",
	"Trade-in appraisal on Saturday",
	"Title of the trade-in is in the mail",
)
CANCEL_REASONS = (
	"Wrong customer chosen",
	"Amount was keyed wrong",
	"Taken twice by mistake",
)
CREDIT_REASONS = (
	"Loyalty coupon was forgotten",
	"Price match with another shop",
	"Last one, box was open",
)
