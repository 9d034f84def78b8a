from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Checkpoint",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("projection", models.CharField(max_length=80, verbose_name="projection")),
                ("chunk", models.PositiveSmallIntegerField(verbose_name="chunk")),
                ("position", models.BigIntegerField(default=0, verbose_name="position")),
                ("moved_at", models.DateTimeField(auto_now=True, verbose_name="moved at")),
            ],
            options={
                "verbose_name": "checkpoint",
                "verbose_name_plural": "checkpoints",
                "constraints": [models.UniqueConstraint(fields=("projection", "chunk"), name="checkpoint_of_chunk")],
            },
        ),
        migrations.CreateModel(
            name="Blocked",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("projection", models.CharField(max_length=80, verbose_name="projection")),
                ("tenant_id", models.IntegerField(verbose_name="tenant")),
                ("key", models.CharField(max_length=200, verbose_name="key")),
                ("position", models.BigIntegerField(verbose_name="position of the poison event")),
                ("event_name", models.CharField(max_length=120, verbose_name="event")),
                ("error", models.CharField(max_length=200, verbose_name="kind of failure")),
                ("since", models.DateTimeField(auto_now_add=True, verbose_name="since")),
            ],
            options={
                "verbose_name": "blocked stream",
                "verbose_name_plural": "blocked streams",
                "constraints": [models.UniqueConstraint(fields=("tenant_id", "projection", "key"), name="blocked_once")],
            },
        ),
    ]
