"""Where staff are signed in."""

import django.db.models.deletion
from django.db import migrations, models

import loyalty.domain.identity
from loyalty.tenancy.rls import enable_rls, lead_with_tenant

KEYS = """
alter table staff_staffsession add constraint staff_staffsession_user foreign key (tenant_id, user_id)
    references staff_user (tenant_id, id) on delete cascade deferrable initially deferred;
revoke all on staff_staffsession from loyalty_projector;
"""


class Migration(migrations.Migration):

    dependencies = [("staff", "0006_looks"), ("tenancy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="StaffSession",
            fields=[
                ("id", models.UUIDField(default=loyalty.domain.identity.new_id, editable=False, primary_key=True, serialize=False)),
                ("user_id", models.UUIDField()),
                ("key", models.CharField(max_length=40)),
                ("browser", models.CharField(blank=True, max_length=200)),
                ("began_at", models.DateTimeField(auto_now_add=True)),
                ("tenant", models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name="+", to="tenancy.tenant")),
            ],
            options={"indexes": [models.Index(fields=["tenant", "user_id"], name="staff_session_of_user")]},
        ),
        migrations.AlterField(
            model_name="staffchange",
            name="what",
            field=models.CharField(choices=[("user.added", "Member of staff added"), ("user.edited", "Member of staff edited"), ("user.deactivated", "Member of staff deactivated"), ("user.activated", "Member of staff activated"), ("user.sessions_ended", "Sessions ended"), ("role.added", "Role added"), ("role.edited", "Role edited"), ("role.deleted", "Role deleted"), ("token.issued", "API token issued"), ("token.revoked", "API token revoked"), ("factor.set_up", "Second factor set up"), ("factor.codes", "New recovery codes made"), ("factor.turned_off", "Second factor turned off"), ("factor.reset", "Second factor reset")], max_length=40, verbose_name="what"),
        ),
        lead_with_tenant("staff_staffsession"),
        migrations.RunSQL(KEYS, migrations.RunSQL.noop),
        enable_rls("staff_staffsession"),
    ]
