from pathlib import Path

from django.db import migrations

from loyalty.tenancy.rls import enable_rls

SQL = Path(__file__).resolve().parent.parent / "sql"


class Migration(migrations.Migration):

    initial = True

    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.RunSQL((SQL / "idempotency.sql").read_text(), "drop function api_idempotency_open; drop table api_idempotency"),
        enable_rls("api_idempotency"),
    ]
