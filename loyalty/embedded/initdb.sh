#!/bin/sh
# First start of the production database: the roles and extensions of the platform, in the database that was just made.
# The entry point of the postgres image runs this once, as the superuser, with the passwords in the environment.
set -eu
sql=${LOYALTY_SQL:-/loyalty-sql}

psql --no-psqlrc --set ON_ERROR_STOP=1 --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<EOF_SQL
\getenv owner LOYALTY_OWNER_PASSWORD
\getenv app LOYALTY_APP_PASSWORD
\getenv projector LOYALTY_PROJECTOR_PASSWORD
\o /dev/null
select set_config('bootstrap.owner_password', :'owner', false),
    set_config('bootstrap.app_password', :'app', false),
    set_config('bootstrap.projector_password', :'projector', false);
\o
\i $sql/roles.sql
\i $sql/extensions.sql
alter database "$POSTGRES_DB" owner to loyalty_owner;
EOF_SQL
