"""Sellers spend points of customers by their consent alone: the right to do so without asking goes where an earlier release gave it.

A seller's role that somebody gave this right by hand keeps it.
"""

from django.db import migrations

UNASKED = "earning.spend_points"


def take_away(apps, schema_editor):
    using = schema_editor.connection.alias
    changes = apps.get_model("staff", "StaffChange").objects.using(using)
    for role in apps.get_model("staff", "Role").objects.using(using).filter(code="seller", permissions__contains=[UNASKED]):
        if role.given is not None and UNASKED not in role.given:
            continue
        role.permissions = sorted({*role.permissions} - {UNASKED})
        role.given = None if role.given is None else sorted({*role.given} - {UNASKED})
        role.save(update_fields=["permissions", "given"])
        changes.create(
            tenant_id=role.tenant_id, actor="system", what="role.edited", subject=role.pk, facts={"role": role.code, "taken": [UNASKED]}
        )


class Migration(migrations.Migration):

    dependencies = [("staff", "0009_looks_at_somebody")]

    operations = [migrations.RunPython(take_away, migrations.RunPython.noop)]
