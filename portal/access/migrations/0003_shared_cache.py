from django.db import migrations

# The table that django.core.cache.backends.db expects. Made here so that no command must be remembered at deployment.
CREATE = """
CREATE TABLE IF NOT EXISTS access_shared_cache (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX IF NOT EXISTS access_shared_cache_expires ON access_shared_cache (expires);
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0002_organisations_licences_keys")]
    operations = [migrations.RunSQL(CREATE, "DROP TABLE IF EXISTS access_shared_cache")]
