"""One table for all guesses, in place of one for each kind."""

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls

MOVE = """insert into earning_attempts (tenant_id, customer_id, guess, day, tried)
    select tenant_id, customer_id, 'receipt', day, tried from earning_receipt_tries
    union all select tenant_id, customer_id, 'transfer', day, tried from earning_transfer_tries"""


class Migration(migrations.Migration):

    dependencies = [
        ("earning", "0014_transfer_tries"),
    ]

    operations = [
        migrations.CreateModel(
            name="Attempts",
            fields=[
                ("pk", models.CompositePrimaryKey("tenant_id", "customer_id", "guess", "day", blank=True, editable=False, primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("guess", models.CharField(max_length=12)),
                ("day", models.DateField()),
                ("tried", models.SmallIntegerField()),
            ],
            options={"db_table": "earning_attempts"},
        ),
        enable_rls("earning_attempts"),
        migrations.RunSQL(MOVE, migrations.RunSQL.noop),
        migrations.DeleteModel("ReceiptTries"),
        migrations.DeleteModel("TransferTries"),
    ]
