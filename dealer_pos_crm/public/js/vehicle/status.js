const COLORS = {
	"In Recon": "yellow",
	"Front-line Ready": "green",
	"On Hold": "orange",
	Sold: "blue",
	"Customer-owned": "gray",
};

export function color_of(status) {
	return COLORS[status] || "gray";
}
