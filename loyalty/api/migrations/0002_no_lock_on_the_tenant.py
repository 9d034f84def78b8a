from django.db import migrations


class Migration(migrations.Migration):
    """A foreign key locks the tenant's row for every write of that tenant; the policy of the table holds the tenant already."""

    dependencies = [("api", "0001_initial")]
    operations = [
        migrations.RunSQL(
            "alter table api_idempotency drop constraint api_idempotency_tenant_id_fkey",
            "alter table api_idempotency add foreign key (tenant_id) references tenancy_tenant (id)",
        )
    ]
