from dealer_pos_crm.dealer_service.orders.rows import OrderRow


class RepairOrderPhoto(OrderRow):
	pass
