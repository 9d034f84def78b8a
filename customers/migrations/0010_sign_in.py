from importlib import import_module

from django.db import migrations, models

from loyalty.tenancy.rls import enable_rls, lead_with_tenant

BEFORE = import_module("customers.migrations.0004_tokens_end_with_their_program").WITH_PROGRAM
RIGHTS = """
revoke all on function customers_principal(bytea) from public, loyalty_projector;
grant execute on function customers_principal(bytea) to loyalty_app;
"""
WITH_SESSION = """
drop function customers_principal(bytea);
-- Also says which token it is, and notes the day of use once a day.
create function customers_principal(wanted bytea, out tenant_id int, out token_id uuid, out customer_id uuid, out language text)
returns setof record language plpgsql security definer rows 1 set search_path = pg_catalog, pg_temp as $$
declare
    used date;
begin
    select t.tenant_id, t.id, t.customer_id, c.language::text, t.last_used into tenant_id, token_id, customer_id, language, used
        from public.customers_token t
        join public.customers_customer c on c.tenant_id = t.tenant_id and c.id = t.customer_id
        where t.hash = wanted and t.revoked_at is null and t.expires_at > now() and c.state = 'active'
            -- what a program issued ends with the program
            and (t.issued_by not like 'token:%' or exists (select from public.staff_apitoken a
                where a.tenant_id = t.tenant_id and 'token:' || a.id = t.issued_by and a.revoked_at is null));
    if not found then
        return;
    end if;
    if used is distinct from current_date then
        update public.customers_token t set last_used = current_date
            where t.tenant_id = customers_principal.tenant_id and t.id = customers_principal.token_id;
    end if;
    return next;
end $$;
""" + RIGHTS
WITHOUT_SESSION = "drop function customers_principal(bytea);" + BEFORE + RIGHTS


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0009_dynamic_segments'),
    ]

    operations = [
        migrations.CreateModel(
            name='CodeBudget',
            fields=[
                ('pk', models.CompositePrimaryKey('tenant_id', 'key', blank=True, editable=False, primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('key', models.BinaryField(max_length=32)),
                ('since', models.DateTimeField()),
                ('used', models.IntegerField()),
            ],
            options={
                'db_table': 'customers_code_budget',
            },
        ),
        migrations.AddField(
            model_name='customertoken',
            name='device',
            field=models.CharField(db_default='', default='', max_length=80),
        ),
        migrations.AddField(
            model_name='customertoken',
            name='last_used',
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name='Challenge',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('tenant_id', models.IntegerField()),
                ('purpose', models.CharField(max_length=10)),
                ('kind', models.CharField(max_length=10)),
                ('customer_id', models.UUIDField(null=True)),
                ('digest', models.BinaryField(max_length=32)),
                ('key_version', models.SmallIntegerField()),
                ('to_sealed', models.BinaryField()),
                ('code_digest', models.BinaryField(max_length=32)),
                ('tries', models.SmallIntegerField()),
                ('sent', models.SmallIntegerField()),
                ('sent_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('used_at', models.DateTimeField(null=True)),
            ],
            options={
                'indexes': [models.Index(fields=['tenant_id', 'digest'], name='customers_challenge_of'), models.Index(fields=['tenant_id', 'customer_id'], name='customers_challenge_customer'), models.Index(fields=['tenant_id', 'expires_at'], name='customers_challenge_end')],
            },
        ),
        lead_with_tenant("customers_challenge"),
        enable_rls("customers_challenge", "customers_code_budget"),
        migrations.RunSQL("revoke all on customers_challenge, customers_code_budget from loyalty_projector", migrations.RunSQL.noop),
        migrations.RunSQL(WITH_SESSION, WITHOUT_SESSION),
    ]
