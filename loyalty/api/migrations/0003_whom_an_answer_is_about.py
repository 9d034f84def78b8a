from django.db import migrations

FORWARD = """alter table api_idempotency add column person_id uuid;
create index api_idempotency_person on api_idempotency (tenant_id, person_id) where person_id is not null;"""
BACK = "alter table api_idempotency drop column person_id"


class Migration(migrations.Migration):
    dependencies = [("api", "0002_no_lock_on_the_tenant")]
    operations = [migrations.RunSQL(FORWARD, BACK)]
