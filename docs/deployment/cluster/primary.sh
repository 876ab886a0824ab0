#!/bin/bash
# Runs once, when the primary's directory is new: the users, the database, and a standby that every commit waits for.
set -e
psql --set=ON_ERROR_STOP=1 --set=password="$POSTGRES_PASSWORD" --username=postgres <<'SQL'
CREATE ROLE replicator LOGIN REPLICATION PASSWORD :'password';
CREATE ROLE holdfast LOGIN PASSWORD :'password';
GRANT pg_monitor TO holdfast;
CREATE DATABASE holdfast OWNER holdfast ENCODING 'UTF8' TEMPLATE template0;
-- Counts from the next start on: until then nothing could commit, because there is no standby.
ALTER SYSTEM SET synchronous_standby_names = 'standby';
ALTER SYSTEM SET wal_keep_size = '1GB';
SQL
echo "host replication replicator all scram-sha-256" >> "$PGDATA/pg_hba.conf"
