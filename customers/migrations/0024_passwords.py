from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls


class Migration(migrations.Migration):

    dependencies = [("customers", "0023_custom_events")]

    operations = [
        migrations.CreateModel(
            name="Password",
            fields=[
                ("pk", models.CompositePrimaryKey("tenant_id", "customer_id", blank=True, editable=False, primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("encoded", models.CharField(max_length=200)),
                ("set_at", models.DateTimeField()),
            ],
            options={"db_table": "customers_password"},
        ),
        migrations.AddField("customertoken", "proven_at", models.DateTimeField(null=True)),
        migrations.AddField("doors", "passwords", models.BooleanField(default=False, db_default=False)),
        enable_rls("customers_password"),
        migrations.RunSQL("revoke all on customers_password from loyalty_projector", migrations.RunSQL.noop),
    ]
