"""Invented people: names as they are common in Vietnam and Poland, numbers of the mobile networks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Literal

FAMILY = "Nguyễn Nguyễn Nguyễn Trần Trần Lê Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đinh Trịnh".split()
MIDDLE_F = "Thị Ngọc Thùy Kim Phương Như Bảo Minh Thanh Khánh".split()
MIDDLE_M = "Văn Đức Hữu Quang Minh Gia Anh Thành Công Xuân".split()
GIVEN_F = "An Anh Ánh Chi Diễm Dung Giang Hà Hạnh Hương Lan Linh Loan Mai My Nga Ngân Nhung Oanh Phượng Quỳnh Thảo Trang Trinh Tú Uyên Vân Yến".split()
GIVEN_M = "An Bảo Bình Cường Duy Dũng Đạt Đường Giang Hải Hiếu Hoàng Hùng Huy Khang Khoa Long Lộc Minh Nam Phong Phúc Quân Sơn Tài Thắng Tuấn Việt".split()
PREFIXES = "90 91 93 94 96 97 98 86 32 33 34 35 36 37 38 39 70 76 77 78 79 81 82 83 84 85".split()
POLISH_F = "Anna Katarzyna Małgorzata Agnieszka Zofia Łucja Zuzanna Hanna Julia Świętosława".split()
POLISH_M = "Jan Piotr Krzysztof Łukasz Paweł Stanisław Michał Wojciech Grzegorz Żegota".split()
POLISH_FAMILY = "Nowak Wójcik Kowalczyk Woźniak Mazur Krawczyk Kaczmarek Zając Pawlak Wróbel Dąbek Żak Gąsienica".split()


@dataclass(frozen=True, slots=True)
class Person:
    first_name: str
    last_name: str
    phone: str
    email: str | None
    gender: Literal["male", "female"]
    birth_date: date | None


def vietnamese(dice: Random, number: int, today: date) -> Person:
    """Person `number` of the demo; the first is Đường Nguyễn, whom the guide looks for."""
    female = dice.random() < 0.55
    given = dice.choice(GIVEN_F if female else GIVEN_M)
    middle = dice.choice(MIDDLE_F if female else MIDDLE_M)
    phone = f"+84{dice.choice(PREFIXES)}{dice.randrange(10**7):07}"
    email = f"khach{number}@vidu.example" if dice.random() < 0.4 else None
    born = today - timedelta(days=dice.randrange(16 * 365, 70 * 365)) if dice.random() < 0.6 else None
    if number == 0:
        return Person("Văn Đường", "Nguyễn", "+84912345678", "duong@vidu.example", "male", born)
    return Person(f"{middle} {given}", dice.choice(FAMILY), phone, email, "female" if female else "male", born)


def polish(dice: Random, number: int, today: date) -> Person:
    female = dice.random() < 0.5
    first = dice.choice(POLISH_F if female else POLISH_M)
    return Person(first, dice.choice(POLISH_FAMILY), f"+48{dice.choice(('501', '602', '693', '784'))}{dice.randrange(10**6):06}", None,
                  "female" if female else "male", None)  # fmt: skip
