"""Vietnamese and Polish names with frequencies like those of the countries, and what people type to find them."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Iterator


def listed(text: str) -> list[str]:
    return text.split()


FAMILY = {
    "Nguyễn": 315, "Trần": 109, "Lê": 89, "Phạm": 59, "Hoàng": 36, "Huỳnh": 30, "Phan": 28, "Vũ": 27, "Võ": 24, "Đặng": 21, "Bùi": 20,
    "Đỗ": 14, "Hồ": 13, "Ngô": 13, "Dương": 10, "Lý": 8, "Đinh": 7, "Đoàn": 6, "Trịnh": 6, "Trương": 6, "Mai": 5, "Lâm": 5, "Phùng": 4,
    "Tô": 4, "Hà": 4, "Cao": 4, "Châu": 3, "Quách": 2, "Thái": 3, "Lưu": 3, "Lương": 4, "Tạ": 3, "Tăng": 2, "Vương": 2, "Kiều": 2,
    "Triệu": 1, "Chu": 2, "Thạch": 2, "Nghiêm": 1, "Khổng": 1, "Đàm": 1, "Đào": 3, "Đồng": 1, "Tôn": 1, "Tống": 1, "Ưng": 1,
}  # fmt: skip
MIDDLE = {
    "Văn": 200, "Thị": 260, "Hữu": 30, "Đức": 40, "Thành": 25, "Minh": 60, "Ngọc": 60, "Thanh": 50, "Thu": 40, "Quốc": 25, "Xuân": 25,
    "Kim": 25, "Hoàng": 30, "Gia": 20, "Bảo": 20, "Công": 20, "Đình": 20, "Khánh": 20, "Phương": 25, "Mỹ": 12, "Như": 12, "Quang": 25,
    "Tuấn": 15, "Anh": 15, "Hồng": 20, "Bích": 12, "Diệu": 8, "Trọng": 8, "Viết": 4, "Đăng": 8, "Thúy": 10, "Cẩm": 5, "Tường": 4,
}  # fmt: skip
GIVEN = listed("""
Anh An Ân Ánh Bảo Bình Bích Cường Châu Chi Chiến Chung Công Cúc Đạt Đông Đức Đường Dũng Dung Duy Duyên Dương Giang Hà Hải Hằng
Hạnh Hậu Hiền Hiếu Hiệp Hoa Hòa Hoài Hoàng Hồng Huệ Hùng Hưng Hương Hường Huy Huyền Khang Khánh Khoa Khôi Kiên Kiệt Lan Lâm Liên Linh Loan
Lộc Lợi Long Luân Ly Mai Mạnh Minh My Mỹ Nam Nga Ngân Nghĩa Ngọc Nguyên Nguyệt Nhàn Nhân Nhật Nhi Nhung Như Oanh Phát Phong Phú Phúc Phước
Phụng Phương Quân Quang Quý Quyên Quỳnh Sang Sơn Tài Tâm Tân Thái Thắng Thành Thanh Thảo Thắm Thi Thiện Thịnh Thoa Thu Thuận Thúy Thùy
Thủy Thư Tiên Tiến Tín Toàn Trâm Trang Trí Trinh Trung Trúc Trường Tú Tuấn Tùng Tuyền Tuyết Uyên Vân Việt Vinh Vũ Vy Xuân Yến Ý""")
MEN = listed("""
Adam Adrian Andrzej Antoni Artur Bartłomiej Bartosz Błażej Bogdan Bogusław Czesław Damian Daniel Dariusz Dominik Eugeniusz Filip
Franciszek Grzegorz Henryk Hubert Ignacy Jacek Jakub Jan Janusz Jarosław Jerzy Józef Kacper Kamil Karol Kazimierz Konrad Krystian Krzysztof
Leszek Łukasz Maciej Marcin Marek Mariusz Mateusz Michał Mieczysław Mikołaj Mirosław Norbert Oskar Patryk Paweł Piotr Przemysław Radosław
Rafał Robert Roman Ryszard Sebastian Sławomir Stanisław Stefan Szymon Tadeusz Tomasz Wacław Waldemar Wiesław Witold Włodzimierz Wojciech
Zbigniew Zdzisław Zenon Zygmunt Józef Jędrzej Gniewomir Świętosław""")
WOMEN = listed("""
Agata Agnieszka Aleksandra Alicja Aneta Anna Barbara Beata Bożena Danuta Dominika Dorota Edyta Elżbieta Ewa Ewelina Gabriela
Genowefa Grażyna Halina Hanna Helena Irena Iwona Izabela Jadwiga Janina Joanna Jolanta Julia Justyna Kamila Karolina Katarzyna Kinga
Krystyna Lucyna Łucja Magdalena Małgorzata Maria Marta Marianna Marzena Michalina Milena Monika Natalia Oliwia Patrycja Paulina Renata
Róża Sabina Stanisława Stefania Sylwia Teresa Urszula Wanda Weronika Wiesława Wiktoria Zdzisława Zofia Zuzanna Żaneta Świętosława""")
STEMS = listed("""
Kowal Wiśni Lewand Kamiń Zieliń Szymań Woźn Dąbrow Kozł Jankow Mazur Wojciech Kwiat Krawcz Kaczmar Piotrow Grabow Nowak Pawłow
Michal Adamcz Dudz Wieczor Jabłoń Król Majew Olszew Jawor Stępnie Malinow Górs Rutkow Ostrow Tomaszew Pietrz Wróblew Zawadz Walcz Sikor
Baran Szewcz Głowac Ziół Brzeziń Czarnec Sadow Sokołow Urbań Kubia Mucha Wilcz Lis Kołodziej Chmielew Borkow Szczepań Sobczyń Laskow
Wasilew Marciniak Przybyl Błaszcz Andrzejew Łuczak Łęczn Źródł Ćwikł Śliw Żurawł Gąsior Jędrzej Mikołaj Bąkow Kędzier Wąsow Trzciń Skrzyp
Wierzb Chrzan Strzelec Gwiazd Niedźwiedz Świerczyń Źrebcz Żebrow Ościsł Ślęz""")
ENDINGS = {
    "ski": "ska", "owski": "owska", "ewski": "ewska", "cki": "cka", "dzki": "dzka", "iński": "ińska", "yński": "yńska", "owy": "owa",
    "ak": "ak", "czyk": "czyk", "owicz": "owicz", "ewicz": "ewicz", "ek": "ek", "ik": "ik", "iec": "iec", "ał": "ał", "uk": "uk",
    "asz": "asz",
}  # fmt: skip


def _weighted(rng: random.Random, of: dict[str, int]) -> str:
    return rng.choices(list(of), list(of.values()))[0]


def vietnamese(rng: random.Random) -> str:
    middle = [_weighted(rng, MIDDLE) for _ in range(rng.choices((0, 1, 2), (5, 80, 15))[0])]
    return " ".join([_weighted(rng, FAMILY), *middle, rng.choice(GIVEN)])


def _surname(rng: random.Random, woman: bool) -> str:
    man, her = rng.choice(list(ENDINGS.items()))
    return rng.choice(STEMS) + (her if woman else man)


def polish(rng: random.Random) -> str:
    woman = rng.random() < 0.52
    first = [rng.choice(WOMEN if woman else MEN) for _ in range(1 + (rng.random() < 0.1))]
    surname = _surname(rng, woman)
    if woman and rng.random() < 0.08:
        surname += "-" + _surname(rng, woman)
    return " ".join([*first, surname])


def _as_written(rng: random.Random, name: str) -> str:
    """People and old systems write one name in many ways: decomposed, shouting, without accents, in full-width letters."""
    way = rng.random()
    if way < 0.05:
        return unicodedata.normalize("NFD", name)
    if way < 0.08:
        return name.upper()
    if way < 0.09:
        return name.replace("  ", " ").translate({c: c + 0xFEE0 for c in range(0x21, 0x7F)})
    return name


def names(count: int, seed: int = 1) -> Iterator[str]:
    """`count` names, two thirds Vietnamese, the same for the same seed."""
    rng = random.Random(seed)
    for _ in range(count):
        yield _as_written(rng, vietnamese(rng) if rng.random() < 0.66 else polish(rng))


def _substitute(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word))
    return word[:at] + rng.choice("abcdeghiklmnoprstuwxyz") + word[at + 1 :]


def _insert(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word) + 1)
    return word[:at] + rng.choice("abcdeghiklmnoprstuwxyz") + word[at:]


def _drop(rng: random.Random, word: str) -> str:
    at = rng.randrange(len(word))
    return word[:at] + word[at + 1 :]


def _transpose(rng: random.Random, word: str) -> str:
    at = rng.randrange(max(len(word) - 1, 1))
    return word[:at] + word[at : at + 2][::-1] + word[at + 2 :]


def _prefix(rng: random.Random, word: str) -> str:
    return word[: rng.randint(1, len(word))]


def _inner(rng: random.Random, word: str) -> str:
    return word[rng.randint(1, 2) :]


def _twice(rng: random.Random, word: str) -> str:
    return rng.choice(MISTAKES)(rng, rng.choice(MISTAKES)(rng, word))


def _thrice(rng: random.Random, word: str) -> str:
    return rng.choice(MISTAKES)(rng, _twice(rng, word))


def _same(rng: random.Random, word: str) -> str:
    return word


MISTAKES = [_substitute, _insert, _drop, _transpose]
WAYS = [_same, _same, _prefix, _prefix, _substitute, _insert, _drop, _transpose, _twice, _thrice, _inner]


def typed(rng: random.Random, name: str) -> str:
    """What somebody types who looks for `name`: some of its words in any order, cut short, misspelt or with the accents left out."""
    words = name.replace("-", " ").split()
    rng.shuffle(words)
    words = words[: rng.randint(1, len(words))]
    words = [rng.choice(WAYS)(rng, w) for w in words]
    text = rng.choice((" ", "  ", ", ")).join(words)
    return rng.choice((str.lower, str.title, str, lambda t: unicodedata.normalize("NFD", t)))(text)


def queries(count: int, seed: int = 2) -> list[str]:
    """`count` queries for names of the same make: about a third exact or cut short, the rest with mistakes."""
    rng = random.Random(seed)
    return [typed(rng, vietnamese(rng) if rng.random() < 0.5 else polish(rng)) for _ in range(count)]
