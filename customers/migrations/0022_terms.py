from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [("customers", "0021_member_codes_pay_once")]

    operations = [
        migrations.CreateModel(
            name="Terms",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("number", models.IntegerField()),
                ("texts", models.JSONField()),
                ("published_at", models.DateTimeField()),
                ("published_by", models.CharField(max_length=100)),
                ("position", models.BigIntegerField()),
            ],
            options={
                "verbose_name": "version of the terms",
                "verbose_name_plural": "terms of the programme",
                "db_table": "customers_terms",
                "constraints": [models.UniqueConstraint(fields=["tenant_id", "number"], name="customers_terms_number")],
            },
        ),
        lead_with_tenant("customers_terms"),
        enable_rls("customers_terms"),
    ]
