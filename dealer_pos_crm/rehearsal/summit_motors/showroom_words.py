"""What people say and sell in the showroom of Summit Motors."""

LEAD_TYPES = {"Internet": 56, "Phone": 19, "Referral": 7, "Previous": 10, "Service": 8}
SOURCES = {
	"Internet": ("Dealership web site", "AutoFinder", "CarMarket", "Manufacturer site"),
	"Phone": ("Newspaper", "Signs"),
	"Referral": ("Friend",),
	"Previous": ("Owner base",),
	"Service": ("Service lane",),
	"Walk-in": ("Drove by",),
}
HOW = {
	"Internet": {"E-mail": 46, "Call": 34, "Text": 20},
	"Phone": {"Call": 100},
	"Referral": {"Call": 80, "Text": 20},
	"Previous": {"Call": 60, "Text": 40},
	"Service": {"Call": 40, "Visit": 60},
}
COMMENTS = (
	"Is it still available?",
	"What is your best price?",
	"Could I see it on Saturday?",
	"What would you give me for my car?",
	"Do you have it in another color?",
	"What would the payment be?",
	"Please send more pictures.",
)
ASKED_AGAIN = ("I have not heard from you.", "One more question about it.", "Is it still there?")
LOST_LEADS = {"No Contact": 46, "Bought Elsewhere": 30, "Changed Mind": 16, "Price": 8}
PURPOSES = {"Test Drive": 48, "Visit": 36, "Appraisal": 11, "Paperwork": 5}
CANCELLED = ("Has to work", "Bought elsewhere", "Child is sick", "Wants to think it over")
LOST_DEALS = {
	"Price": 26,
	"Bought Elsewhere": 24,
	"Trade Value": 16,
	"Credit": 12,
	"Changed Mind": 14,
	"No Contact": 8,
}
REJECTED = ("Trade-in is too high", "Discount is too big", "Down payment is too low for the lender")
PRODUCTS = (
	("Vehicle service contract", 1995, 45),
	("GAP", 795, 38),
	("Tire and wheel", 599, 22),
	("Prepaid maintenance", 699, 26),
	("Paint and fabric", 499, 14),
)  # name, price, of a hundred deals
LENDERS = {"First Summit Bank": 44, "Mountain Credit Union": 34, "Prime Auto Finance": 22}
RETURNED = ("Proof of income is missing", "A page is not signed", "Insurance is not shown")
UNWOUND = ("Lender turned the contract down", "Buyer returned the car within three days")
WE_OWE = ("Second key", "All-weather mats", "Tow hitch, fitted", "Touch up the rear bumper", "Detail again")
TITLE_RETURNED = ("A signature is missing", "The former lender's release is missing")
STEPS_USED = ("Inspection", "Mechanical", "Detail", "Photos")
STEPS_NEW = ("Inspection", "Detail", "Photos")
OUTCOMES = {"Thinking": 42, "Will Be Back": 44, "Lost": 14}
