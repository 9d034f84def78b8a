"""What a purchase brings into wallets, in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.utils.translation import gettext

from customers.queries import sides
from earning.commands import ClaimAnswer, PurchaseAnswer, ReturnAnswer
from earning.domain.references import FoundBy
from earning.domain.wallets import Amount
from earning.kinds.words import amount_of, language, money
from earning.models import Account
from earning.queries.balances import balance
from earning.queries.here import tenant_here
from earning.queries.instant_rewards import rewards_called
from earning.queries.purchases import PurchaseInList, PurchaseReturn
from earning.queries.turns import PointsAhead
from earning.streams import WALLET
from earning.units import phrase
from earning.walletbook import wallets_here
from earning.wording import FOUND_BY, scarce_sentence


def said_points(amounts: Iterable[tuple[str, int]], *, signed: bool = True) -> list[str]:
    """“+3 stars” for each wallet and amount; “3 stars” where they are not `signed`."""
    wallets = wallets_here()
    return [phrase(wallets.unit(code), amount, language(), signed=signed) for code, amount in amounts]


def counted_points(amount: int, wallet: str) -> int:
    """The same amount of a wallet's smallest unit, which a refusal says as “3 stars”."""
    return Amount(amount, wallets_here().unit(wallet))


def said_found_by(how: FoundBy | None) -> str:
    """“Loyalty card”: how a purchase found its customer; nothing where it has none."""
    return str(FOUND_BY[how]) if how else ""


def said_of_others(answer: PurchaseAnswer | None) -> list[str]:
    """What a purchase brings into other wallets than `points`, where it brings something, and which rewards it brings."""
    if not answer:
        return []
    points = said_points((one.wallet, one.points) for one in answer.wallets if one.wallet != WALLET and one.points)
    called = rewards_called([one.reward_id for one in answer.instant_rewards])
    return points + [gettext("the reward “%(reward)s”") % {"reward": called[one.reward_id]} for one in answer.instant_rewards]


def said_balances(customer_id: UUID, answer: PurchaseAnswer | ReturnAnswer | None = None) -> list[str]:
    """“12.5 stars” for each other wallet than `points` in which the customer has something; after what a document would do (`answer`)."""
    accounts = Account.objects.filter(tenant_id=tenant_here(), customer_id__in=sides(customer_id)).exclude(wallet=WALLET)
    now, got = datetime.now(UTC), {one.wallet: one.balance for one in answer.wallets if one.wallet != WALLET} if answer else {}
    held = {code: balance(customer_id, now, code).balance for code in accounts.values_list("wallet", flat=True) if code not in got}
    wallets = wallets_here()
    return [phrase(wallets.unit(code), amount, language()) for code, amount in sorted((held | got).items()) if amount]


def said_points_ahead(ahead: Iterable[PointsAhead]) -> list[str]:
    """“₫5,000 more: +1 point” for each rule that counts full amounts only."""
    wallets = wallets_here()
    return [
        gettext("%(amount)s more: %(points)s")
        % {"amount": money(one.missing, one.currency), "points": phrase(wallets.unit(one.wallet), one.points, language(), signed=True)}
        for one in ahead
    ]


def said_shortages(answer: PurchaseAnswer | None) -> list[str]:
    """Which limits of wallets had not enough room, what was left of them, and what would have been enough."""
    wallets = wallets_here()
    return [scarce_sentence(limit, wallets.unit(one.wallet)) for one in answer.wallets for limit in one.limits] if answer else []


def said_brought(answer: PurchaseAnswer | ClaimAnswer | ReturnAnswer | None) -> str:
    """“25 points, 3 stars” that came, or went; other wallets than `points` only where something did. "" without an answer."""
    if answer is None:
        return ""
    others, wallets = [(one.wallet, one.points) for one in answer.wallets if one.wallet != WALLET and one.points], wallets_here()
    return ", ".join(amount_of(wallets.unit(code), points) for code, points in [(WALLET, answer.points), *others])


def said_other_points(documents: Sequence[PurchaseInList | PurchaseReturn], *, signed: bool = False) -> list[list[str]]:
    """For each document “3 stars” of each other wallet than `points` that it changed."""
    if not any(one.other_points for one in documents):
        return [[] for _ in documents]
    wallets = wallets_here()
    return [
        [phrase(wallets.unit(code), points, language(), signed=signed) for code, points in one.other_points.items() if points]
        for one in documents
    ]
