"""Second factors of staff: a sealed secret and recovery codes that are good once."""

import django.db.models.deletion
from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls

KEYS = """
alter table staff_secondfactor add constraint staff_secondfactor_user foreign key (tenant_id, user_id)
    references staff_user (tenant_id, id) on delete cascade deferrable initially deferred;
alter table staff_recoverycode add constraint staff_recoverycode_user foreign key (tenant_id, user_id)
    references staff_user (tenant_id, id) on delete cascade deferrable initially deferred;
revoke all on staff_secondfactor, staff_recoverycode from loyalty_projector;
"""


class Migration(migrations.Migration):

    dependencies = [("staff", "0004_six_starter_roles"), ("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("pk", models.CompositePrimaryKey("tenant_id", "user_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                ("secret", models.BinaryField()),
                ("confirmed_at", models.DateTimeField(null=True)),
                ("last_step", models.BigIntegerField(default=0)),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.tenant")),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("pk", models.CompositePrimaryKey("tenant_id", "user_id", "hash", blank=True, editable=False, primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                ("hash", models.BinaryField(max_length=32)),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.tenant")),
            ],
        ),
        migrations.AlterField(
            model_name="staffchange",
            name="what",
            field=models.CharField(choices=[("user.added", "Member of staff added"), ("user.edited", "Member of staff edited"), ("user.deactivated", "Member of staff deactivated"), ("user.activated", "Member of staff activated"), ("role.added", "Role added"), ("role.edited", "Role edited"), ("role.deleted", "Role deleted"), ("token.issued", "API token issued"), ("token.revoked", "API token revoked"), ("factor.set_up", "Second factor set up"), ("factor.codes", "New recovery codes made"), ("factor.turned_off", "Second factor turned off"), ("factor.reset", "Second factor reset")], max_length=40, verbose_name="what"),
        ),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        enable_rls("staff_secondfactor", "staff_recoverycode"),
    ]
