"""Who and what the demo consists of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from pos.demo import rewards, shelves
from pos.demo.groups import Dynamic, Group
from pos.demo.shelves import Item

PASSWORD = "demo-sen-vang"


@dataclass(frozen=True, slots=True)
class Shop:
    code: str
    name: str
    description: str
    address: str
    latitude: str
    longitude: str


@dataclass(frozen=True, slots=True)
class Business:
    key: str
    name: str
    phone: str
    email: str
    address: str
    document_scope: Literal["merchant", "pos", "pos_year", "pos_day"]
    shops: tuple[Shop, ...]
    shelf: tuple[Item, ...]
    most_lines: int
    visits: float
    """Mean number of purchases of a customer in 90 days."""


@dataclass(frozen=True, slots=True)
class Programme:
    code: str
    name: str
    currency: str
    zone: str
    language: str
    hosts: tuple[str, ...]
    businesses: tuple[Business, ...]
    customers: int
    rule: tuple[str, str, int]
    """Name, points, per how many minor units."""
    groups: tuple[Group, ...]
    dynamic: tuple[Dynamic, ...]
    """Regulars of the first point of sale, who was not seen for 30 days, whose birthday is within 7 days."""
    doubled: str
    """Name of the rule by which points of the first group count twice."""
    rewards: tuple[rewards.Offered, ...]
    staff: tuple[tuple[str, str, str, tuple[str, ...]], ...]
    """Email, name, role, codes of the points of sale where they sell."""


SEN_VANG = Programme(
    code="sen-vang", name="Sen Vàng Rewards", currency="VND", zone="Asia/Ho_Chi_Minh", language="vi", hosts=("localhost", "127.0.0.1", "::1"),
    customers=300, rule=("1 điểm cho mỗi 10.000 ₫", "1", 10_000), doubled="Khách quý: điểm nhân đôi",
    groups=(
        Group("vip", "Khách quý", "Khách mà quán muốn giữ", 3, 12),
        Group("hang-xom", "Hàng xóm", "Sống hoặc làm việc gần quán", 5, 9),
    ),
    dynamic=(
        Dynamic("quen-le-loi", "Khách quen Lê Lợi", "Ghé thường xuyên, phần lớn là tại Lê Lợi"),
        Dynamic("lau-chua-ghe", "Lâu chưa ghé", "Đã 30 ngày chưa mua gì"),
        Dynamic("sinh-nhat", "Sắp sinh nhật", "Sinh nhật trong bảy ngày tới"),
    ),
    businesses=(
        Business(
            "cafe", "Cà phê Sen Vàng", "+842838221100", "xinchao@senvang.example", "12 Lê Lợi, Quận 1, TP. Hồ Chí Minh", "pos_day",
            (
                Shop("SV-LELOI", "Sen Vàng Lê Lợi", "Quán đầu tiên, có sân vườn", "12 Lê Lợi, Quận 1, TP. Hồ Chí Minh", "10.773374", "106.701389"),
                Shop("SV-THAODIEN", "Sen Vàng Thảo Điền", "Hai tầng, nhìn ra sông", "45 Xuân Thủy, Thảo Điền, TP. Thủ Đức", "10.803611", "106.732222"),
                Shop("SV-HOANKIEM", "Sen Vàng Hoàn Kiếm", "Góc phố cổ Hà Nội", "8 Hàng Trống, Hoàn Kiếm, Hà Nội", "21.029722", "105.850833"),
            ),
            shelves.CAFE, 4, 26.0,
        ),
        Business(
            "electronics", "Điện máy Ánh Dương", "+842838447788", "cskh@anhduong.example", "88 Cách Mạng Tháng 8, Quận 3, TP. Hồ Chí Minh", "pos_year",
            (
                Shop("AD-Q3", "Ánh Dương Quận 3", "Siêu thị điện máy", "88 Cách Mạng Tháng 8, Quận 3, TP. Hồ Chí Minh", "10.777500", "106.682500"),
                Shop("AD-DANANG", "Ánh Dương Đà Nẵng", "Kho và trung tâm bảo hành", "120 Nguyễn Văn Linh, Đà Nẵng", "16.060278", "108.212222"),
            ),
            shelves.ELECTRONICS, 3, 1.4,
        ),
    ),
    rewards=rewards.SEN_VANG,
    staff=(
        ("admin@senvang.example", "Trần Minh Quản", "owner", ()),
        ("marketing@senvang.example", "Lê Thu Thảo", "marketer", ()),
        ("seller@senvang.example", "Phạm Ngọc Lan", "seller", ("SV-LELOI",)),
        ("seller2@senvang.example", "Võ Quang Huy", "seller", ("SV-THAODIEN", "SV-HOANKIEM")),
        ("dienmay@senvang.example", "Bùi Thanh Sơn", "seller", ("AD-Q3", "AD-DANANG")),
    ),
)  # fmt: skip
POD_LIPA = Programme(
    code="pod-lipa", name="Herbaciarnia Pod Lipą", currency="PLN", zone="Europe/Warsaw", language="pl", hosts=("lipa.localhost",),
    customers=25, rule=("1 punkt za każdy złoty", "1", 100), doubled="Stali goście: punkty razy dwa",
    groups=(
        Group("stali", "Stali goście", "Goście, których chcemy zatrzymać", 3, 6),
        Group("sasiedzi", "Sąsiedzi", "Mieszkają lub pracują w pobliżu", 4, 5),
    ),
    dynamic=(
        Dynamic("bywalcy", "Bywalcy Powiśla", "Przychodzą często i głównie na Powiśle"),
        Dynamic("dawno", "Dawno niewidziani", "Od 30 dni bez zakupów"),
        Dynamic("urodziny", "Bliskie urodziny", "Urodziny w ciągu siedmiu dni"),
    ),
    businesses=(
        Business(
            "tea", "Herbaciarnia Pod Lipą", "+48221234567", "kontakt@podlipa.example", "ul. Lipowa 4, 00-316 Warszawa", "pos_year",
            (Shop("LIPA", "Pod Lipą, Powiśle", "Ogródek pod drzewem", "ul. Lipowa 4, Warszawa", "52.241389", "21.026389"),),
            shelves.TEA_ROOM, 3, 9.0,
        ),
    ),
    rewards=rewards.POD_LIPA,
    staff=(
        ("admin@podlipa.example", "Hanna Wójcik", "owner", ()),
        ("sprzedaz@podlipa.example", "Łukasz Zając", "seller", ("LIPA",)),
    ),
)  # fmt: skip
PROGRAMMES = (SEN_VANG, POD_LIPA)
