/** Stages of a deal on every screen: one colour each, their order, what is still to come. */

export const PATH = [
	"New",
	"Contacted",
	"Appointment",
	"Visit",
	"Write-up",
	"Deposit",
	"F&I",
	"Contracted",
	"Delivered",
	"Funded",
];

const COLORS = {
	New: "gray",
	Contacted: "gray",
	Appointment: "blue",
	Visit: "blue",
	"Write-up": "yellow",
	Deposit: "orange",
	"F&I": "purple",
	Contracted: "green",
	Delivered: "green",
	Funded: "darkgrey",
	Lost: "red",
};

export const OWN_STEP = ["Delivered", "Funded", "Lost"];

export function color_of(stage) {
	return COLORS[stage] || "gray";
}

export function is_working(doc) {
	return PATH.indexOf(doc.stage) >= 0 && PATH.indexOf(doc.stage) < PATH.indexOf("Delivered");
}

export function car_of(doc) {
	return doc.vehicle_title || doc.wanted || __("no vehicle yet");
}
