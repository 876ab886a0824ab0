#!/bin/bash
# Copies the primary when the directory is new, and follows it. It calls itself "standby", the name that the primary waits for.
set -e
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    chmod 700 "$PGDATA"
    PGPASSWORD="$POSTGRES_PASSWORD" pg_basebackup --write-recovery-conf --checkpoint=fast --pgdata="$PGDATA" \
        --dbname="host=${PRIMARY_HOST:-db1} port=${PRIMARY_PORT:-5432} user=replicator application_name=standby"
fi
exec postgres
