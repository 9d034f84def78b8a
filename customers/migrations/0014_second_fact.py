from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('customers', '0013_doors'),
    ]

    operations = [
        migrations.AddField(
            model_name='challenge',
            name='link_digest',
            field=models.BinaryField(max_length=32, null=True),
        ),
        migrations.AddField(
            model_name='customer',
            name='is_asked',
            field=models.BooleanField(db_default=False, default=False),
        ),
    ]
