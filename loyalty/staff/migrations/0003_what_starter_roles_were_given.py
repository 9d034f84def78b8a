"""What starter roles were given: those of earlier releases are known by what these gave them, every other one was edited."""

import django.contrib.postgres.fields
from django.db import migrations, models

GIVEN = {
    "administrator": [["*"]],
    "marketer": [
        ["jobs.cancel", "jobs.see", "staff.enter_admin"],
        ["customers.see"],
        ["pos.see"],
        ["earning.edit_rules", "earning.see_accounts", "earning.see_all_purchases", "earning.see_purchases", "earning.see_rules"],
        ["earning.see_wallets"],
        ["earning.edit_levels", "earning.see_levels"],
        ["lists.export"],
        ["omnichannel.see_messages"],
        ["customers.see_segments", "customers.edit_segments"],
        ["files.add_photos"],
    ],
    "seller": [
        ["till.use"],
        ["customers.register", "customers.see"],
        ["pos.see"],
        ["earning.record_purchase", "earning.return_goods", "earning.see_accounts", "earning.see_purchases", "earning.see_rules"],
        ["earning.claim_purchase"],
        ["earning.see_wallets", "earning.spend_points"],
        ["earning.see_levels"],
        ["earning.void_purchase"],
    ],
}
"""By role, what each release added."""


def remember(apps, schema_editor):
    roles = apps.get_model("staff", "Role").objects.using(schema_editor.connection.alias)
    for role in roles.filter(code__in=GIVEN, given=None):
        held, known = set(role.permissions), set()
        for added in GIVEN[role.code]:
            known |= set(added)
            if held == known:
                role.given = sorted(held)
                role.save(update_fields=["given"])


class Migration(migrations.Migration):

    dependencies = [("staff", "0002_who_issued_a_token")]

    operations = [
        migrations.AddField(
            model_name="role",
            name="given",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=100), editable=False, null=True, size=None
            ),
        ),
        migrations.RunPython(remember, migrations.RunPython.noop),
    ]
