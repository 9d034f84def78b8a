from django.db import migrations, models

STATES = [("waiting", "Waiting"), ("sent", "Sent"), ("failed", "Failed"), ("dropped", "Not sent any more")]
INDEXES = [
    models.Index(fields=["tenant_id", "written_at", "id"], name="outbox_message_written"),
    models.Index(fields=["tenant_id", "due_at", "id"], name="outbox_message_due", condition=models.Q(state="waiting")),
    models.Index(fields=["tenant_id", "customer_id"], name="outbox_message_customer"),
]
RENAME = """
alter table {old}_message rename to {new}_message;
alter index {old}_message_pkey rename to {new}_message_pkey;
alter index {old}_message_written rename to {new}_message_written;
alter index {old}_message_due rename to {new}_message_due;
alter index {old}_message_customer rename to {new}_message_customer;
drop function {old}_waiting();
-- Runs as the owner, who sees all tenants, and answers with two figures that tell nothing of any.
create function {new}_waiting(out messages bigint, out oldest timestamptz)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
    select count(*), min(written_at) from public.{new}_message where state = 'waiting'
$$;
revoke all on function {new}_waiting() from public;
grant execute on function {new}_waiting() to loyalty_app;
"""


class Migration(migrations.Migration):
    """The outbox comes from omnichannel: all contexts write into it."""

    initial = True

    dependencies = [("omnichannel", "0004_leases")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(RENAME.format(old="omnichannel", new="outbox"), RENAME.format(old="outbox", new="omnichannel"))
            ],
            state_operations=[
                migrations.CreateModel(
                    name="Message",
                    fields=[
                        ("id", models.UUIDField(primary_key=True, serialize=False)),
                        ("tenant_id", models.IntegerField()),
                        ("customer_id", models.UUIDField(verbose_name="customer")),
                        ("kind", models.CharField(max_length=20, verbose_name="kind")),
                        ("language", models.CharField(max_length=5, verbose_name="language")),
                        ("sealed", models.BinaryField()),
                        ("state", models.CharField(choices=STATES, max_length=10, verbose_name="state")),
                        ("tries", models.SmallIntegerField(verbose_name="tries")),
                        ("failure", models.CharField(max_length=40, verbose_name="failure")),
                        ("written_at", models.DateTimeField(verbose_name="written")),
                        ("due_at", models.DateTimeField(verbose_name="next try")),
                        ("useful_until", models.DateTimeField(null=True, verbose_name="of use until")),
                        ("sent_at", models.DateTimeField(null=True, verbose_name="sent")),
                    ],
                    options={
                        "db_table": "outbox_message",
                        "verbose_name": "message",
                        "verbose_name_plural": "outbox",
                        "indexes": INDEXES,
                    },
                ),
            ],
        ),
    ]
