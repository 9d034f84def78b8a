from importlib import import_module

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant

BEFORE = import_module("customers.migrations.0010_sign_in")
WITH_SURVIVOR = BEFORE.WITH_SESSION.replace(
    "select t.tenant_id, t.id, t.customer_id, c.language::text, t.last_used",
    "select t.tenant_id, t.id, c.id, c.language::text, t.last_used",
).replace(
    "join public.customers_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id",
    """left join public.customers_absorbed p on p.tenant_id = t.tenant_id and p.id = t.customer_id
        join public.customers_customer c on c.tenant_id = t.tenant_id and c.id = coalesce(p.survivor_id, t.customer_id)""",
)
"""A token of who was merged opens what is theirs who stands for them."""


class Migration(migrations.Migration):

    dependencies = [("customers", "0015_avatars")]

    operations = [
        migrations.CreateModel(
            name="Absorbed",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("into_id", models.UUIDField()),
                ("survivor_id", models.UUIDField()),
                ("merged_by", models.CharField(max_length=100)),
                ("merged_at", models.DateTimeField()),
                ("position", models.BigIntegerField()),
            ],
            options={
                "indexes": [models.Index(fields=["tenant_id", "survivor_id"], name="customers_absorbed_of")],
            },
        ),
        lead_with_tenant("customers_absorbed"),
        enable_rls("customers_absorbed"),
        migrations.RunSQL(WITH_SURVIVOR, BEFORE.WITH_SESSION),
    ]
