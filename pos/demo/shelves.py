"""What the demo's shops sell: (sku, name, price in minor units, category)."""

from __future__ import annotations

Item = tuple[str, str, int, str]

CAFE: tuple[Item, ...] = (
    ("CF01", "Cà phê sữa đá", 32_000, "Cà phê"), ("CF02", "Bạc xỉu", 35_000, "Cà phê"), ("CF03", "Cà phê đen nóng", 28_000, "Cà phê"),
    ("CF04", "Cà phê trứng", 45_000, "Cà phê"), ("CF05", "Cold brew cam sả", 55_000, "Cà phê"), ("TR01", "Trà sen vàng", 49_000, "Trà"),
    ("TR02", "Trà đào cam sả", 49_000, "Trà"), ("TR03", "Trà vải", 45_000, "Trà"), ("TR04", "Matcha đá xay", 62_000, "Đá xay"),
    ("TR05", "Sô-cô-la đá xay", 62_000, "Đá xay"), ("BM01", "Bánh mì thịt nướng", 39_000, "Món mặn"), ("BM02", "Bánh mì ốp la", 35_000, "Món mặn"),
    ("BM03", "Bún chả", 65_000, "Món mặn"), ("BN01", "Bánh flan", 25_000, "Bánh ngọt"), ("BN02", "Tiramisu", 48_000, "Bánh ngọt"),
    ("BN03", "Croissant bơ", 38_000, "Bánh ngọt"), ("HG01", "Cà phê hạt rang 250 g", 145_000, "Mang về"),
)  # fmt: skip
ELECTRONICS: tuple[Item, ...] = (
    ("DT01", "Điện thoại Sao Bắc 5G", 7_990_000, "Điện thoại"), ("DT02", "Điện thoại Lúa Vàng", 3_490_000, "Điện thoại"),
    ("LT01", "Máy tính xách tay 14 inch", 15_900_000, "Máy tính"), ("TN01", "Tai nghe không dây", 890_000, "Phụ kiện"),
    ("SC01", "Sạc nhanh 65 W", 450_000, "Phụ kiện"), ("CB01", "Cáp USB-C 2 m", 120_000, "Phụ kiện"), ("TV01", "Ti vi 55 inch", 10_490_000, "Ti vi"),
    ("ND01", "Nồi cơm điện 1,8 l", 1_190_000, "Gia dụng"), ("QD01", "Quạt đứng", 690_000, "Gia dụng"), ("MN01", "Máy lọc nước", 5_290_000, "Gia dụng"),
    ("BH01", "Ấm siêu tốc", 390_000, "Gia dụng"),
)  # fmt: skip
TEA_ROOM: tuple[Item, ...] = (
    ("H01", "Herbata lipowa", 1450, "Herbaty"), ("H02", "Earl Grey", 1250, "Herbaty"), ("C01", "Szarlotka", 1890, "Ciasta"),
    ("C02", "Sernik", 1990, "Ciasta"), ("Z01", "Zupa dnia", 2200, "Dania"),
)  # fmt: skip
