"""What criteria look at, gathered once for many of them: a row for each customer, with all that is measured of their
purchases, and all custom events that are counted.

Nothing is asked twice: what several criteria measure alike is one column. Everything is joined, because a join spills to disk where a
tenant is large, while a list of a million ids inside a condition would not fit into memory.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypeVar

from django.db import connection

from customers.audiences.asking import Asking, Sql, filled, joined
from earning.queries import Listing

T = TypeVar("T")
Fact = Literal["born", "joined", "labeled"]
FOLDED = "casefold(l.{} collate pg_unicode_fast)"
NAME, VALUE = FOLDED.format("name"), FOLDED.format("value")
BETWEEN = "\x1f"
"""Between name and value of a label: no printable text has it."""
BORN = Sql(", (extract(month from birth_date) * 100 + extract(day from birth_date))::int as born")
JOINED = "(extract(month from registered_at at time zone %s) * 100 + extract(day from registered_at at time zone %s))::int"
LABELED = Sql(
    f""", array(select w.word from jsonb_each_text(labels) l (name, value),
        lateral (values ({NAME}), ({NAME} || chr({ord(BETWEEN)}) || {VALUE})) w (word)) as labeled"""
)
PEOPLE = "(select id, state, pos_id, registered_at{} from customers_customer where {} offset 0) c"
"""`offset 0`: what is worked out of a customer is worked out once, not for each criterion."""
NOT_MERGED = " and id not in (select id from customers_absorbed where tenant_id = %s)"
BOUGHT = """
    left join (select customer_id, {} from {} where customer_id is not null{} group by customer_id) p on p.customer_id = c.id"""
ALONE = "(select customer_id, pos_id, kept, bought, purchased_at from customers_purchase where {}) bought"
TOGETHER = """(select customer_id, pos_id, kept, bought, purchased_at from customers_purchase where {}
        union all select a.survivor_id, p.pos_id, p.kept, p.bought, p.purchased_at from ({}) a
        join customers_purchase p on p.tenant_id = %s and p.customer_id = a.id) bought"""
"""With what those bought who were merged into them: asked only where anybody was."""
DID = """
    left join (select customer_id, {} from {} group by customer_id) d on d.customer_id = c.id"""
DID_ALONE = "(select customer_id, type, occurred_at from customers_custom_event where {}{}) did"
DID_TOGETHER = """(select customer_id, type, occurred_at from customers_custom_event where {}{}
        union all select a.survivor_id, e.type, e.occurred_at from ({}) a
        join customers_custom_event e on e.tenant_id = {} and e.customer_id = a.id{}) did"""
"""With what those did who were merged into them."""
SURVIVORS = "select id, survivor_id from customers_absorbed where {}"
ANY_MERGED = "select exists (select from customers_absorbed where tenant_id = %s)"
AGREED = """
    left join (select customer_id, array_agg(purpose::text) as purposes from customers_consent where {} and given group by customer_id) a
    on a.customer_id = c.id"""
LISTED = """
    left join (select distinct customer_id from ({}) listed) l{place} on l{place}.customer_id = c.id"""
FAVOURITE = """
    left join (select distinct on (customer_id) customer_id, word
        from (select customer_id, word, count(*) as times, max(purchased_at) as last from {}, unnest(bought.bought) w (word)
            where customer_id is not null and word ^@ {} and {} group by customer_id, word) had
        order by customer_id, times desc, last desc, word collate "C") f{place} on f{place}.customer_id = c.id"""
FEW = 4
"""Of so many conditions at most it is worth looking first which purchases meet any of them."""
NOTHING, EVERYTHING = Sql(""), Sql("true")


class Sources:
    """Gathers what criteria ask for, and is then what a statement selects from."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self._facts: dict[Fact, None] = {}
        self._measures: list[tuple[Sql, Sql]] = []
        self._deeds: list[Sql] = []
        self._types: set[str] = set()
        self._listings: list[Listing] = []
        self._favourites: list[tuple[str, Sql]] = []
        self._agreed = False
        self._merged = _any_merged(asking.tenant_id)

    @property
    def survivors(self) -> Listing | None:
        """Lists those who were merged, each before who stands for them; None where nobody was."""
        return Listing(*self._survivors()) if self._merged else None

    def fact(self, name: Fact) -> str:
        """The column with the day of birth or registration (month × 100 + day), or the words of the labels."""
        self._facts[name] = None
        return f"c.{name}"

    def measure(self, function: str | Sql, *conditions: Sql) -> str:
        """The column with an aggregate over those purchases of a customer that meet the conditions; null for who bought nothing."""
        wanted = joined(" and ", conditions) if conditions else EVERYTHING
        asked = function if isinstance(function, Sql) else Sql(function)
        return f"p.m{_place((asked, wanted), self._measures)}"

    def deeds(self, types: Sequence[str], *conditions: Sql) -> str:
        """The column with how many custom events of these types a customer did that meet the conditions; null for who did none."""
        self._types.update(types)
        wanted = joined(" and ", [Sql("type = any (%s::text[])", ([*types],)), *conditions])
        return f"d.n{_place(wanted, self._deeds)}"

    def favourite(self, beginning: str, *conditions: Sql) -> str:
        """The column with the word of this beginning that most of a customer's purchases hold which meet the conditions; null for none."""
        return f"f{_place((beginning, joined(' and ', [EVERYTHING, *conditions])), self._favourites)}.word"

    def listed(self, listing: Listing) -> str:
        """The column that is null for those whom the statement does not list."""
        return f"l{_place(listing, self._listings)}.customer_id"

    def purposes(self) -> str:
        """The column with what a customer agrees to; null for nothing."""
        self._agreed = True
        return "a.purposes"

    def joined(self) -> Sql:
        """All of it, to be selected from: `c` is the customer."""
        sources = [filled(PEOPLE, joined("", [self._told(name) for name in self._facts]), self._people())]
        if self._measures:
            sources.append(filled(BOUGHT, self._columns(), self._purchases(), self._concerned()))
        if self._deeds:
            sources.append(filled(DID, self._counts(), self._events()))
        if self._agreed:
            sources.append(filled(AGREED, self.asking.within("customer_id")))
        for place, (beginning, wanted) in enumerate(self._favourites):
            sources.append(filled(FAVOURITE.replace("{place}", str(place)), self._purchases(), Sql("%s", (beginning,)), wanted))
        for place, listing in enumerate(self._listings):
            sources.append(filled(LISTED.replace("{place}", str(place)), Sql(*listing)))
        return joined("", sources)

    def _people(self) -> Sql:
        not_merged = [Sql(NOT_MERGED, (self.asking.tenant_id,))] if self._merged else []
        return joined("", [self.asking.within("id"), *not_merged])

    def _purchases(self) -> Sql:
        own = self.asking.within("customer_id")
        if not self._merged:
            return filled(ALONE, own)
        both = filled(TOGETHER, own, self._survivors())
        return Sql(both.text, (*both.params, self.asking.tenant_id))

    def _counts(self) -> Sql:
        return joined(", ", [Sql(f"count(*) filter (where {of.text}) as n{place}", of.params) for place, of in enumerate(self._deeds)])

    def _events(self) -> Sql:
        """Those of the types that anybody asks for."""
        own = self.asking.within("customer_id")
        asked = Sql(" and type = any (%s::text[])", (sorted(self._types),))
        if not self._merged:
            return filled(DID_ALONE, own, asked)
        asked_of_others = Sql(" and e.type = any (%s::text[])", asked.params)
        return filled(DID_TOGETHER, own, asked, self._survivors(), Sql("%s", (self.asking.tenant_id,)), asked_of_others)

    def _survivors(self) -> Sql:
        return filled(SURVIVORS, self.asking.within("survivor_id"))

    def _told(self, name: Fact) -> Sql:
        if name == "joined":
            return Sql(f", {JOINED} as joined", (self.asking.zone.key,) * 2)
        return BORN if name == "born" else LABELED

    def _columns(self) -> Sql:
        columns = [
            Sql(f"{function.text} filter (where {of.text}) as m{place}", (*function.params, *of.params))
            for place, (function, of) in enumerate(self._measures)
        ]
        return joined(", ", columns)

    def _concerned(self) -> Sql:
        """Which purchases can matter at all, where that is told quickly."""
        conditions = [of for _, of in self._measures]
        if len(conditions) > FEW or EVERYTHING in conditions:
            return NOTHING
        return filled(" and ({})", joined(" or ", [filled("({})", one) for one in conditions]))


def _any_merged(tenant_id: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(ANY_MERGED, [tenant_id])
        return bool(cursor.fetchone()[0])


def _place(wanted: T, gathered: list[T]) -> int:
    """Where it stands among those that are gathered, once."""
    if wanted not in gathered:
        gathered.append(wanted)
    return gathered.index(wanted)
