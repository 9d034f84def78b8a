from django.db import migrations

WITH_PROGRAM = """
create or replace function customers_principal(wanted bytea, out tenant_id int, out customer_id uuid, out language text)
returns setof record language plpgsql stable security definer rows 1 set search_path = pg_catalog, pg_temp as $$
begin
    return query select t.tenant_id, t.customer_id, c.language::text
        from public.customers_token t
        join public.customers_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
        where t.hash = wanted and t.revoked_at is null and t.expires_at > now() and c.state = 'active'
            -- what a program issued ends with the program
            and (t.issued_by not like 'token:%' or exists (select from public.staff_apitoken a
                where a.tenant_id = t.tenant_id and 'token:' || a.id = t.issued_by and a.revoked_at is null));
end $$;
"""
WITHOUT_IT = """
create or replace function customers_principal(wanted bytea, out tenant_id int, out customer_id uuid, out language text)
returns setof record language plpgsql stable security definer rows 1 set search_path = pg_catalog, pg_temp as $$
begin
    return query select t.tenant_id, t.customer_id, c.language::text
        from public.customers_token t
        join public.customers_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
        where t.hash = wanted and t.revoked_at is null and t.expires_at > now() and c.state = 'active';
end $$;
"""


class Migration(migrations.Migration):

    dependencies = [("customers", "0003_segments"), ("staff", "0002_who_issued_a_token")]

    operations = [migrations.RunSQL(WITH_PROGRAM, WITHOUT_IT)]
