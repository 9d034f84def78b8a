"""Addresses of purchases, points accounts, wallets and earning rules."""

from django.urls import path

from earning.api import accounts, claiming, correcting, levels, purchases, receipts, recording, returns, rules, spending, wallets
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
    path("customers/<uuid:customer_id>/account/balance", endpoint(get=accounts.BalanceView)),
    path("customers/<uuid:customer_id>/account/endings", endpoint(get=accounts.EndingsView)),
    path("customers/<uuid:customer_id>/account/spend", endpoint(post=spending.SpendView)),
    path("customers/<uuid:customer_id>/account/spend/<uuid:spend_id>/restore", endpoint(post=spending.RestoreView)),
    path("customers/<uuid:customer_id>/account/holds", endpoint(post=spending.HoldView)),
    path("customers/<uuid:customer_id>/account/holds/<uuid:hold_id>/confirm", endpoint(post=spending.ConfirmHoldView)),
    path("customers/<uuid:customer_id>/account/holds/<uuid:hold_id>/release", endpoint(post=spending.ReleaseHoldView)),
    path("customers/<uuid:customer_id>/account/transfer", endpoint(post=correcting.TransferView)),
    path("customers/<uuid:customer_id>/account/adjust", endpoint(post=correcting.AdjustView)),
    path("customers/<uuid:customer_id>/account/lots/<uuid:lot_id>/cancel", endpoint(post=correcting.CancelLotView)),
    path("customers/<uuid:customer_id>/account/block", endpoint(post=correcting.BlockView)),
    path("customers/<uuid:customer_id>/account/unblock", endpoint(post=correcting.UnblockView)),
    path("corrections/<uuid:correction_id>/approve", endpoint(post=correcting.ApproveView)),
    path("corrections/<uuid:correction_id>/reject", endpoint(post=correcting.RejectView)),
    path("wallets", endpoint(get=wallets.WalletsView)),
    path("wallets/<slug:code>", endpoint(get=wallets.WalletView, put=wallets.ConfigureWalletView)),
    path("level-sets", endpoint(get=levels.LevelSetsView, post=levels.CreateLevelSetView)),
    path("level-sets/ready-made", endpoint(post=levels.InstallStarterLevelsView)),
    path("level-sets/<uuid:set_id>", endpoint(get=levels.LevelSetView, put=levels.ChangeLevelSetView)),
    path("level-sets/<uuid:set_id>/activate", endpoint(post=levels.ActivateLevelSetView)),
    path("level-sets/<uuid:set_id>/deactivate", endpoint(post=levels.DeactivateLevelSetView)),
    path("level-sets/<uuid:set_id>/versions", endpoint(get=levels.LevelSetVersionsView)),
    path("rules", endpoint(get=rules.RulesView, post=rules.CreateRuleView)),
    path("rules/<uuid:rule_id>", endpoint(get=rules.RuleView, patch=rules.ChangeRuleView)),
    path("rules/<uuid:rule_id>/activate", endpoint(post=rules.ActivateRuleView)),
    path("rules/<uuid:rule_id>/pause", endpoint(post=rules.PauseRuleView)),
    path("rules/<uuid:rule_id>/versions", endpoint(get=rules.RuleVersionsView)),
]
