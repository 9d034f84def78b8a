"""Owner, reporter and support agent stand beside the roles of earlier releases; changes of rights are kept.

Until now administrators held everything. Those who did are owners from here on, so that nobody loses a right; the administrator's
role, and the tokens that have it, keep every right there is by its name.
"""

import django.db.models.deletion
from django.db import migrations, models

import loyalty.domain.identity
from loyalty.tenancy.rls import enable_rls, lead_with_tenant

EVERYTHING = "*"
NAMES = {
    "owner": {"vi": "Chủ sở hữu", "en": "Owner", "pl": "Właściciel"},
    "reporter": {"vi": "Người xem báo cáo", "en": "Reporter", "pl": "Analityk"},
    "support": {"vi": "Nhân viên hỗ trợ", "en": "Support agent", "pl": "Pracownik wsparcia"},
}
SCREENS = {"staff.edit_users": "staff.see_users", "staff.edit_roles": "staff.see_roles", "staff.edit_tokens": "staff.see_tokens"}
"""Who could change these could see them; now that is a right of its own."""


def complete(apps, schema_editor):
    using = schema_editor.connection.alias
    roles = apps.get_model("staff", "Role").objects.using(using)
    users = apps.get_model("staff", "User").objects.using(using)
    for role in roles.exclude(permissions__contains=[EVERYTHING]):
        if seen := {screen for edit, screen in SCREENS.items() if edit in role.permissions} - set(role.permissions):
            role.permissions = sorted({*role.permissions, *seen})
            role.save(update_fields=["permissions"])
    for tenant in apps.get_model("tenancy", "Tenant").objects.using(using).all():
        own = roles.filter(tenant=tenant)
        begun = {code for code in NAMES if not own.filter(code=code).exists()}
        for code in sorted(begun):
            held = [EVERYTHING] if code == "owner" else []
            own.create(tenant=tenant, code=code, name=NAMES[code][tenant.default_language], permissions=held, given=held)
        administrator = own.filter(code="administrator", permissions=[EVERYTHING]).first()
        if administrator is not None and "owner" in begun:
            _hand_over(users, administrator, own.get(code="owner"))


def _hand_over(users, administrator, owner):
    from loyalty.staff.permissions import PERMISSIONS

    users.filter(role=administrator).update(role=owner)
    administrator.permissions = administrator.given = sorted(PERMISSIONS)
    administrator.save(update_fields=["permissions", "given"])


class Migration(migrations.Migration):

    dependencies = [("staff", "0003_what_starter_roles_were_given"), ("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StaffChange",
            fields=[
                ("id", models.UUIDField(default=loyalty.domain.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                ("actor", models.CharField(max_length=60, verbose_name="by")),
                ("what", models.CharField(choices=[("user.added", "Member of staff added"), ("user.edited", "Member of staff edited"), ("user.deactivated", "Member of staff deactivated"), ("user.activated", "Member of staff activated"), ("role.added", "Role added"), ("role.edited", "Role edited"), ("role.deleted", "Role deleted"), ("token.issued", "API token issued"), ("token.revoked", "API token revoked")], max_length=40, verbose_name="what")),
                ("subject", models.UUIDField(verbose_name="about")),
                ("reason", models.CharField(blank=True, max_length=500, verbose_name="reason")),
                ("facts", models.JSONField(default=dict, verbose_name="details")),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="tenancy.tenant")),
            ],
            options={
                "verbose_name": "change of rights",
                "verbose_name_plural": "changes of rights",
                "indexes": [models.Index(fields=["tenant", "-at"], name="staff_change_latest")],
            },
        ),
        lead_with_tenant("staff_staffchange"),
        enable_rls("staff_staffchange"),
        migrations.RunSQL(
            "revoke update, delete on staff_staffchange from loyalty_app, loyalty_projector; revoke all on staff_staffchange from loyalty_projector",
            migrations.RunSQL.noop,
        ),
        migrations.RunPython(complete, migrations.RunPython.noop),
    ]
