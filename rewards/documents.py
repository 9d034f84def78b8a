"""The document of a basket that is bought."""

from __future__ import annotations

from collections.abc import Iterator

from earning.commands import Line, RecordPurchase, Thousandths
from rewards.commands.baskets import ConfirmBasket
from rewards.events.baskets import BasketHeld, HeldChoice


def purchase_of(command: ConfirmBasket, held: BasketHeld) -> RecordPurchase:
    """The document: the lines as they were, free goods at nothing, and one line for each other reward that takes something off, which says
    on which lines that lies.
    """
    free = [choice for choice in held.choices if choice.kind == "free_product"]
    lines = [
        Line(
            kind=line.kind,
            total=line.total - sum(choice.shares[n] for choice in free),
            quantity=None if line.quantity is None else Thousandths(line.quantity),
            sku=line.sku,
            name=line.name,
            category=line.category,
            tax_rate=line.tax_rate,
        )
        for n, line in enumerate(held.lines)
    ]
    off = [choice for choice in held.choices if _has_a_line(choice)]
    lines += [Line(kind="discount", total=-choice.worth, name=choice.name, line_shares=choice.shares) for choice in off]
    assert held.merchant_id is not None
    return RecordPurchase(
        customer_id=held.customer_id,
        merchant_id=held.merchant_id,
        pos_id=held.pos_id,
        document_scope=command.document_scope,
        document_number=command.document_number,
        purchased_at=command.purchased_at,
        zone=command.zone,
        currency=command.currency,
        total=held.total,
        lines=tuple(lines),
        prices_include_tax=held.prices_include_tax,
        payment_method=command.payment_method,
        may_date_back=command.may_date_back,
    )


def _has_a_line(choice: HeldChoice) -> bool:
    """Whether what a choice takes off stands in the document as a discount."""
    return choice.worth > 0 and choice.kind != "free_product"


def places_of(held: BasketHeld) -> Iterator[int | None]:
    """The number of the line that each choice has in the document."""
    last = len(held.lines)
    for choice in held.choices:
        last += _has_a_line(choice)
        yield last if _has_a_line(choice) else None
