"""What can be asked of earning. Every function needs an open `loyalty.tenancy.reading(tenant_id)`."""

from earning.domain.levels.grants import LevelSource
from earning.queries.accounts import AccountCard, LotCard, StatementLine, account, lots, statement
from earning.queries.audiences import Among, Audience, Listing, Within, narrowed, who_has_balance, who_has_level
from earning.queries.balances import Balance, balance, balance_at
from earning.queries.books import BOOKS, BookedOperation, Posting, book_totals, booked, postings
from earning.queries.carried import RemainderCard, remainders, rules_that_carry
from earning.queries.corrections import CorrectionCard, correction, corrections
from earning.queries.customer_levels import LevelCard, Reaching, customer_levels, given_levels, levels_of
from earning.queries.endings import Ending, Endings, endings
from earning.queries.explanations import ExplainedRule, Explanation, explanation
from earning.queries.level_holders import holders_of_level, level_terms_now
from earning.queries.levels import LevelSetCard, LevelSetVersionCard, level_set, level_set_versions, level_sets, starters_left
from earning.queries.lot_origins import LotOrigin, lot_origins, recomputed
from earning.queries.past import LevelsByPast, levels_by_past
from earning.queries.preview import preview, preview_return
from earning.queries.programme import (
    ExchangeRateCard,
    exchange_rates,
    forget_programmes,
    matching_order,
    matching_order_now,
    other_currencies,
)
from earning.queries.purchases import (
    PurchaseCard,
    PurchaseInList,
    PurchaseLine,
    PurchaseReturn,
    purchase,
    purchase_id_of,
    purchase_in_brief,
    purchases,
    unclaimed_purchase,
)
from earning.queries.returning import goods_return, voiding
from earning.queries.rule_changes import RuleChange, Step, changes
from earning.queries.rules import Reason, RuleCard, VersionCard, rule, rule_versions, rules, rules_for, warnings
from earning.queries.said_levels import (
    LevelOnOffer,
    LevelsOnOffer,
    SaidLevel,
    fees_sold,
    level_called,
    level_names,
    levels_on_offer,
    said_ahead,
    said_levels,
)
from earning.queries.said_points import (
    said_balances,
    said_brought,
    said_of_others,
    said_other_points,
    said_points,
    said_points_ahead,
    said_shortages,
)
from earning.queries.said_rules import SaidRule, rules_today
from earning.queries.transfers import TransferCard, transfers
from earning.queries.trial import Trial, check_tried, trial
from earning.queries.turns import PointsAhead, points_ahead
from earning.queries.wallets import WalletCard, standard_wallet, unit_of, wallet, wallet_of_row, wallets, wallets_here, with_standard

__all__ = [
    "BOOKS",
    "AccountCard",
    "Among",
    "Audience",
    "Balance",
    "BookedOperation",
    "CorrectionCard",
    "Ending",
    "Endings",
    "ExchangeRateCard",
    "ExplainedRule",
    "Explanation",
    "LevelCard",
    "LevelOnOffer",
    "LevelSetCard",
    "LevelSetVersionCard",
    "LevelSource",
    "LevelsByPast",
    "LevelsOnOffer",
    "Listing",
    "LotCard",
    "LotOrigin",
    "PointsAhead",
    "Posting",
    "PurchaseCard",
    "PurchaseInList",
    "PurchaseLine",
    "PurchaseReturn",
    "Reaching",
    "Reason",
    "RemainderCard",
    "RuleCard",
    "RuleChange",
    "SaidLevel",
    "SaidRule",
    "StatementLine",
    "Step",
    "TransferCard",
    "Trial",
    "VersionCard",
    "WalletCard",
    "Within",
    "account",
    "balance",
    "balance_at",
    "book_totals",
    "booked",
    "changes",
    "check_tried",
    "correction",
    "corrections",
    "customer_levels",
    "endings",
    "exchange_rates",
    "explanation",
    "fees_sold",
    "forget_programmes",
    "given_levels",
    "goods_return",
    "holders_of_level",
    "level_called",
    "level_names",
    "level_set",
    "level_set_versions",
    "level_sets",
    "level_terms_now",
    "levels_by_past",
    "levels_of",
    "levels_on_offer",
    "lot_origins",
    "lots",
    "matching_order",
    "matching_order_now",
    "narrowed",
    "other_currencies",
    "points_ahead",
    "postings",
    "preview",
    "preview_return",
    "purchase",
    "purchase_id_of",
    "purchase_in_brief",
    "purchases",
    "recomputed",
    "remainders",
    "rule",
    "rule_versions",
    "rules",
    "rules_for",
    "rules_that_carry",
    "rules_today",
    "said_ahead",
    "said_balances",
    "said_brought",
    "said_levels",
    "said_of_others",
    "said_other_points",
    "said_points",
    "said_points_ahead",
    "said_shortages",
    "standard_wallet",
    "starters_left",
    "statement",
    "transfers",
    "trial",
    "unclaimed_purchase",
    "unit_of",
    "voiding",
    "wallet",
    "wallet_of_row",
    "wallets",
    "wallets_here",
    "warnings",
    "who_has_balance",
    "who_has_level",
    "with_standard",
]  # fmt: skip
