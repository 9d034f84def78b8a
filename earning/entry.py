"""The form of a purchase that is entered by hand, for screens of other contexts than the administration."""

from earning.forms.purchases import RecordPurchaseForm

__all__ = ["RecordPurchaseForm"]
