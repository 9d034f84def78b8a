"""A log made before the few events of a command had a function of their own gets it; a new one has it already."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parent.parent / "sql"


class Migration(migrations.Migration):
    dependencies = [("eventstore", "0003_fewer_steps")]
    operations = [migrations.RunSQL((SQL / name).read_text(), migrations.RunSQL.noop) for name in ("04_append.sql", "07_grants.sql")]
