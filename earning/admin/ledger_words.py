"""How the facts and events of points accounts and wallets are read in a history."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from earning.forms.wallets import EXPIRIES, OVERDRAFTS
from earning.kinds.scopes import COUNTED, WHOSE
from earning.models import Lot
from loyalty.admin.facts import name_codes, name_facts
from loyalty.admin.history import name_events
from loyalty.house.periods import PERIODS

name_facts(
    {
        "active_until": _("Lives on until"),
        "announced_at": _("Announced"),
        "approval_above": _("A second person above"),
        "approved_at": _("Approved"),
        "approved_by": _("Approved by"),
        "blocked_at": _("Blocked"),
        "cancelled": _("Taken by hand before"),
        "cancelled_at": _("Cancelled"),
        "corrected_by": _("Corrected by"),
        "correction_id": _("Correction"),
        "day": _("Day"),
        "days": _("Days"),
        "decimals": _("Decimals"),
        "deducted_at": _("Deducted"),
        "deduction_id": _("Deduction"),
        "starts_at": _("Starts"),
        "ends_at": _("Ends"),
        "expired": _("Ended before"),
        "expired_at": _("Expired"),
        "expiry": _("Expiry"),
        "few": _("Name for a few"),
        "from_account_id": _("From the account"),
        "grace_days": _("Days of grace"),
        "granted_at": _("Granted"),
        "held_at": _("Kept aside"),
        "hold_id": _("Hold"),
        "lots": _("Lots"),
        "month": _("Month"),
        "months": _("Months"),
        "origin_id": _("Out of the lot"),
        "overdraft": _("When more comes back than is left"),
        "owed": _("Owed"),
        "paid_at": _("Paid"),
        "pending_days": _("Days of waiting"),
        "plural": _("Name for many"),
        "pooled": _("Between accounts of one person"),
        "prolonged_at": _("Live on since"),
        "proposed_at": _("Proposed"),
        "proposed_by": _("Proposed by"),
        "received_at": _("Received"),
        "reference_id": _("Spent on"),
        "rolling": _("Live on while the customer is active"),
        "rejected_at": _("Rejected"),
        "rejected_by": _("Rejected by"),
        "cuts": _("Cut by limits of wallets"),
        "left": _("Left"),
        "lost": _("Cut by limits"),
        "wanted": _("Wanted"),
        "enough": _("Would have been enough"),
        "limit": _("Limit of the wallet"),
        "released_at": _("Free again"),
        "restore_id": _("Giving back"),
        "restored_at": _("Given back"),
        "restored_days": _("Days for what is given back"),
        "sent_at": _("Passed on"),
        "shares": _("By lot"),
        "singular": _("Name for one"),
        "source": _("Source"),
        "spend_id": _("Spending"),
        "spent_at": _("Spent"),
        "to_account_id": _("To the account"),
        "transfer_id": _("Transfer"),
        "transfers_per_day": _("Transfers a day"),
        "unblocked_at": _("Unblocked"),
        "units": _("Names of a unit"),
        "waived": _("Let go"),
        "wallet_id": _("Wallet"),
        "warn_days": _("Days of warning"),
    }
)
name_facts({"most": _("At most"), "of": _("Counted in"), "whose": _("For whom")})
name_codes("of", COUNTED)
name_codes("whose", WHOSE)
name_codes("period", PERIODS)
name_codes("source", dict(Lot.Source.choices))
name_codes("kind", dict(EXPIRIES))
name_codes("overdraft", dict(OVERDRAFTS))
name_codes("cause", {"time": _("Their time was over"), "level_lost": _("A level was lost"), "erased": _("The customer was erased")})
name_events(
    {
        "earning.account_blocked": _("Account blocked"),
        "earning.account_unblocked": _("Account unblocked"),
        "earning.correction_approved": _("Correction approved"),
        "earning.correction_proposed": _("Correction proposed"),
        "earning.correction_rejected": _("Correction rejected"),
        "earning.debt_paid": _("Debt paid"),
        "earning.expiry_announced": _("End of points announced"),
        "earning.hold_released": _("Points free again"),
        "earning.points_activated": _("Points active"),
        "earning.points_cancelled": _("Points cancelled"),
        "earning.points_deducted": _("Points deducted"),
        "earning.points_expired": _("Points expired"),
        "earning.points_granted": _("Points granted"),
        "earning.points_held": _("Points kept aside"),
        "earning.points_prolonged": _("Points live on"),
        "earning.points_received": _("Points received"),
        "earning.points_restored": _("Points given back"),
        "earning.points_sent": _("Points passed on"),
        "earning.points_spent": _("Points spent"),
        "earning.wallet_configured": _("Terms set"),
    }
)
