"""A log made before the few events of a command were written four at once gets the function of today; a new one has it already."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0004_few_events")]
    operations = [migrations.RunSQL((SQL / "04_append.sql").read_text(), migrations.RunSQL.noop)]
