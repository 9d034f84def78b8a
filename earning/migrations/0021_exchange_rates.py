"""Rates of other currencies, and what purchases in them count."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0020_since_when_rules_are_active"),
    ]

    operations = [
        migrations.CreateModel(
            name="ExchangeRate",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("currency", models.CharField(max_length=3, verbose_name="currency")),
                ("into_currency", models.CharField(max_length=3)),
                ("rate", models.DecimalField(decimal_places=12, max_digits=24, verbose_name="rate")),
                ("since", models.DateTimeField(verbose_name="in effect from")),
                ("set_by", models.CharField(max_length=100, verbose_name="set by")),
                ("position", models.BigIntegerField()),
            ],
            options={
                "db_table": "earning_exchange_rate",
                "verbose_name": "exchange rate",
                "verbose_name_plural": "exchange rates",
                "indexes": [models.Index(fields=["tenant_id", "currency", "since", "position"], name="earning_exchange_rate_since")],
            },
        ),
        lead_with_tenant("earning_exchange_rate"),
        enable_rls("earning_exchange_rate"),
        migrations.AddField(model_name="purchase", name="exchange", field=models.JSONField(null=True, verbose_name="exchange")),
    ]
