"""Addresses of purchases, points accounts and earning rules."""

from django.urls import path

from earning.api import accounts, claiming, purchases, receipts, recording, returns, rules
from loyalty.api.views import endpoint

api_urlpatterns = [
    path("purchases", endpoint(get=purchases.PurchasesView, post=recording.RecordPurchaseView)),
    path("purchases/<uuid:purchase_id>", endpoint(get=purchases.PurchaseView)),
    path("purchases/<uuid:purchase_id>/claim", endpoint(post=claiming.ClaimPurchaseView)),
    path("purchases/<uuid:purchase_id>/returns", endpoint(post=returns.ReturnGoodsView)),
    path("customers/<uuid:customer_id>/receipts", endpoint(post=receipts.ClaimReceiptView)),
    path("customers/<uuid:customer_id>/account", endpoint(get=accounts.AccountView)),
    path("customers/<uuid:customer_id>/account/lots", endpoint(get=accounts.LotsView)),
    path("customers/<uuid:customer_id>/account/statement", endpoint(get=accounts.StatementView)),
    path("rules", endpoint(get=rules.RulesView, post=rules.CreateRuleView)),
    path("rules/<uuid:rule_id>", endpoint(get=rules.RuleView, patch=rules.ChangeRuleView)),
    path("rules/<uuid:rule_id>/activate", endpoint(post=rules.ActivateRuleView)),
    path("rules/<uuid:rule_id>/pause", endpoint(post=rules.PauseRuleView)),
    path("rules/<uuid:rule_id>/versions", endpoint(get=rules.RuleVersionsView)),
]
