from importlib import import_module

from django.db import migrations

BEFORE = import_module("customers.migrations.0016_absorbed").WITH_SURVIVOR
WITH_SIDE = BEFORE.replace("out customer_id uuid, out language", "out customer_id uuid, out side_id uuid, out language").replace(
    "select t.tenant_id, t.id, c.id, c.language::text, t.last_used into tenant_id, token_id, customer_id, language, used",
    """select t.tenant_id, t.id, c.id, t.customer_id, c.language::text, t.last_used
            into tenant_id, token_id, customer_id, side_id, language, used""",
)
"""Also says whom it was opened for."""


class Migration(migrations.Migration):

    dependencies = [("customers", "0019_parted")]

    operations = [migrations.RunSQL(WITH_SIDE, BEFORE)]
