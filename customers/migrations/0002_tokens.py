from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant

PRINCIPAL = """
revoke all on customers_token from loyalty_projector;

-- A token says who calls before any tenant is known, so this one look-up runs as the owner and sees all tenants.
-- It answers only to somebody who holds the token.
create function customers_principal(wanted bytea, out tenant_id int, out customer_id uuid, out language text)
returns setof record language plpgsql stable security definer rows 1 set search_path = pg_catalog, pg_temp as $$
begin
    return query select t.tenant_id, t.customer_id, c.language::text
        from public.customers_token t
        join public.customers_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
        where t.hash = wanted and t.revoked_at is null and t.expires_at > now() and c.state = 'active';
end $$;
revoke all on function customers_principal(bytea) from public, loyalty_projector;
grant execute on function customers_principal(bytea) to loyalty_app;
"""


class Migration(migrations.Migration):

    dependencies = [("customers", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="CustomerToken",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("tenant_id", models.IntegerField()),
                ("customer_id", models.UUIDField()),
                ("hash", models.BinaryField(max_length=32)),
                ("issued_by", models.CharField(max_length=100)),
                ("issued_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField()),
                ("revoked_at", models.DateTimeField(null=True)),
            ],
            options={"db_table": "customers_token"},
        ),
        migrations.AddIndex("customertoken", models.Index(fields=["hash"], name="customers_token_lookup")),
        migrations.AddIndex("customertoken", models.Index(fields=["tenant_id", "customer_id"], name="customers_token_of")),
        migrations.AddConstraint(
            "customertoken", models.UniqueConstraint(fields=("tenant_id", "hash"), name="customers_token_hash")
        ),
        lead_with_tenant("customers_token"),
        migrations.RunSQL(PRINCIPAL, "drop function customers_principal(bytea)"),
        enable_rls("customers_token"),
    ]
