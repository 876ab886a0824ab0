#!/bin/sh
# Builds, starts the gateway on core 0, drives it from core 1, prints a table in Markdown.
#
#   bench/run.sh                        every scenario
#   bench/run.sh fanout direct          some of them: fanout stalled paced bare direct batch socket publish latency sustained connect return restart
#                                       start idle
#                                       and, where PostgreSQL is installed: postgresql cluster
#                                       and, with CENTRIFUGO=PROGRAM (version 6): centrifugo, the same rows for it, which is then part of "every scenario"
#   bench/run.sh load fanout --clients 100 --under-way 40     one, with the load program's own options
#
# SECONDS_EACH (10) and WARMUP (15) set the times, SERIES (1) how often each row is measured, PORT (9780) and HEALTH_PORT (9781) the ports, BUILD=no skips the build,
# PG_BIN names the directory of PostgreSQL's programs (Debian's is found).
# PROFILE=FILE.jfr records the gateway with Java Flight Recorder, MAVEN_ARGS goes to Maven. Needs Linux, JDK 17 or newer, Maven; curl.
set -eu
cd "$(dirname "$0")/.."

PORT=${PORT:-9780}
HEALTH_PORT=${HEALTH_PORT:-9781}
SECONDS_EACH=${SECONDS_EACH:-10}
WARMUP=${WARMUP:-15}
SERIES=${SERIES:-1}
WORK=$PWD/target/bench
WLP=$PWD/target/liberty/wlp
SERVER_PID=
OTHER_PID=
OTHER_PORT=$((PORT + 10))
DATABASE_PORT=$((PORT + 20))
PG_BIN=${PG_BIN:-$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | tail -n 1)}

# Runs a command on one core, in the place of this shell.
on_core() { # core, command...
    core=$1
    shift
    if command -v taskset >/dev/null && [ "$(nproc --all)" -gt 1 ]; then
        exec taskset -c "$core" "$@"
    fi
    exec "$@"
}

build() {
    [ "${BUILD:-yes}" = no ] && return
    mvn -q -B ${MAVEN_ARGS:-} -DskipTests -Djacoco.skip=true package liberty:install-server >&2
    mvn -q -B ${MAVEN_ARGS:-} -f bench/bare/pom.xml package >&2
}

# Servers of our own beside the one of `mvn liberty:run`.
prepare() { # name, server.xml, applications...
    rm -rf "$WORK/usr/servers/$1"
    mkdir -p "$WORK/usr/servers/$1/apps"
    cp "$2" "$WORK/usr/servers/$1/server.xml"
    server=$1
    shift 2
    cp -R "$@" "$WORK/usr/servers/$server/apps/"
    printf -- '-Xmx512m\n' >"$WORK/usr/servers/$server/jvm.options"
    if [ -n "${PROFILE:-}" ]; then
        printf -- '-XX:StartFlightRecording=settings=profile,maxsize=200m,dumponexit=true,filename=%s\n-XX:+UnlockDiagnosticVMOptions\n-XX:+DebugNonSafepoints\n' \
            "$PROFILE" >>"$WORK/usr/servers/$server/jvm.options"
    fi
}

serve() { # name; in the place of this shell
    export keystore_password=bench ltpa_keys_password=bench HTTP_PORT="$PORT" HEALTH_PORT HTTP_HOST=localhost
    export HOLDFAST_INSECURE=true WLP_USER_DIR="$WORK/usr" LOG_DIR="$WORK/log"
    on_core "${CORES:-0}" "$WLP/bin/server" run "$1"
}

start() { # name, path that answers 200 when it is up
    if curl -s -o /dev/null "http://localhost:$PORT/"; then
        echo "Port $PORT is taken by another server; set PORT to a free one" >&2
        exit 1
    fi
    case $1 in
        centrifugo) (run_centrifugo) >"$WORK/$1.log" 2>&1 & ;;
        *) (serve "$1") >"$WORK/$1.log" 2>&1 & ;;
    esac
    SERVER_PID=$! # the script of the server gives way to its JVM
    echo "$SERVER_PID" >"$WORK/pid"
    i=0
    until [ "$(curl -s -o /dev/null -w '%{http_code}' "http://localhost:$PORT$2")" = 200 ]; do
        i=$((i + 1))
        kill -0 "$SERVER_PID" 2>/dev/null && [ $i -lt 600 ] || { echo "$1 did not start, see $WORK/$1.log" >&2; exit 1; }
        sleep 0.2
    done
}

stop() {
    for pid in $SERVER_PID $OTHER_PID; do
        kill "$pid" 2>/dev/null || true
        while kill -0 "$pid" 2>/dev/null; do sleep 0.1; done
    done
    SERVER_PID=
    OTHER_PID=
    if [ -s "$WORK/pg/postmaster.pid" ]; then as_database "$PG_BIN/pg_ctl" -D "$WORK/pg" -m immediate stop >/dev/null || true; fi
}

# PostgreSQL does not run as root.
as_database() { if [ "$(id -u)" = 0 ]; then runuser -u postgres -- "$@"; else "$@"; fi; }

# A new database on core 0, and what tells a gateway to use it.
database() {
    [ -x "$PG_BIN/initdb" ] || { echo "Set PG_BIN to the directory of PostgreSQL's initdb" >&2; exit 1; }
    rm -rf "$WORK/pg"
    mkdir -p "$WORK/pg"
    if [ "$(id -u)" = 0 ]; then chown postgres "$WORK/pg"; fi
    as_database "$PG_BIN/initdb" -A trust -U postgres -D "$WORK/pg" >/dev/null
    as_database taskset -c 0 "$PG_BIN/pg_ctl" -D "$WORK/pg" -l "$WORK/pg/log" -w \
        -o "-p $DATABASE_PORT -k $WORK/pg -c listen_addresses=localhost -c shared_buffers=256MB" start >/dev/null
    DATABASE_PID=$(head -n 1 "$WORK/pg/postmaster.pid")
    HOLDFAST_ENGINE=postgresql
    HOLDFAST_ENGINE_URL=jdbc:postgresql://localhost:$DATABASE_PORT/postgres
    HOLDFAST_ENGINE_USER=postgres
    export HOLDFAST_ENGINE HOLDFAST_ENGINE_URL HOLDFAST_ENGINE_USER
}

# One gateway on PostgreSQL.
on_postgresql() {
    [ "$SERVER_PID" ] && [ "$RUNNING" = postgresql ] && return
    stop
    database
    prepare gateway server.xml target/holdfast.war src/main/liberty/config/apps/health.war
    start gateway /health/ready
    unset HOLDFAST_ENGINE HOLDFAST_ENGINE_URL
    RUNNING=postgresql
}

# Two gateways on one database, all on core 0.
cluster() {
    [ "$SERVER_PID" ] && [ "$OTHER_PID" ] && [ "$RUNNING" = cluster ] && return
    stop
    database
    HOLDFAST_CLUSTER=true
    export HOLDFAST_CLUSTER
    prepare other server.xml target/holdfast.war src/main/liberty/config/apps/health.war
    one=$PORT health=$HEALTH_PORT
    PORT=$OTHER_PORT HEALTH_PORT=$((HEALTH_PORT + 10))
    start other /health/ready
    OTHER_PID=$SERVER_PID PORT=$one HEALTH_PORT=$health
    prepare gateway server.xml target/holdfast.war src/main/liberty/config/apps/health.war
    start gateway /health/ready
    unset HOLDFAST_ENGINE HOLDFAST_ENGINE_URL HOLDFAST_CLUSTER
    RUNNING=cluster
}

load() {
    (on_core 1 java -Xmx1g -jar target/holdfast-cli.jar bench --port "$PORT" --seconds "$SECONDS_EACH" \
        --warmup "$WARMUP" --warmup-cpu "$WARMUP" --series "$SERIES" --json "$WORK/last.json" "$@") >"$WORK/last.txt" || FAILED=yes
    if [ -z "${HEAD_PRINTED:-}" ]; then
        cat "$WORK/last.txt"
        HEAD_PRINTED=yes
    else
        tail -n +3 "$WORK/last.txt"
    fi
    sed '1d;$d' "$WORK/last.json" >>"$WORK/results.jsonl" 2>/dev/null || true
}

gateway() {
    [ "$SERVER_PID" ] && [ "$RUNNING" = gateway ] && return
    stop
    prepare gateway server.xml target/holdfast.war src/main/liberty/config/apps/health.war
    start gateway /health/ready
    RUNNING=gateway
}

bare() {
    [ "$SERVER_PID" ] && [ "$RUNNING" = bare ] && return
    stop
    prepare bare bench/bare/server.xml target/bare/bare.war
    start bare /publish
    RUNNING=bare
}

# A Centrifugo in memory, with the history that it needs to recover, on core 0.
run_centrifugo() { # in the place of this shell
    export CENTRIFUGO_HTTP_SERVER_PORT="$PORT" CENTRIFUGO_HTTP_SERVER_ADDRESS=localhost
    on_core "${CORES:-0}" "$CENTRIFUGO" --config "$PWD/bench/centrifugo.json"
}

centrifugo() {
    [ "$SERVER_PID" ] && [ "$RUNNING" = centrifugo ] && return
    stop
    [ -x "${CENTRIFUGO:-}" ] || { echo "Set CENTRIFUGO to the program" >&2; exit 1; }
    start centrifugo /health
    RUNNING=centrifugo
}

# The start of a server that has been started before, with one core and with two.
starts() { # gateway or bare, options...
    name=$1
    shift
    fresh "$name"
    stop
    for cores in 0 0,1; do
        load start --series 5 --start-cmd "exec env CORES=$cores '$PWD/bench/run.sh' serve $name" --label "on cores $cores" "$@"
    done
}

# As the name says, but new, with everything cold.
fresh() { # gateway or bare
    stop
    "$1"
}

scenario() {
    case $1 in
        fanout)
            gateway
            load fanout --clients 1000 --under-way 4
            load fanout --clients 1000 --under-way 4 --until receipt
            load fanout --clients 100 --under-way 40
            load fanout --clients 100 --under-way 40 --until receipt
            load fanout --clients 1000 --under-way 1
            load fanout --clients 1000 --under-way 4 --until receipt --format protobuf --label protobuf
            load fanout --clients 1000 --under-way 4 --via socket --until receipt
            load fanout --clients 100 --under-way 40 --via socket --until receipt
            load fanout --clients 1000 --under-way 1 --via socket
            ;;
        stalled) gateway; load fanout --clients 1000 --under-way 4 --stalled 1 ;;
        paced) gateway; load fanout --clients 1000 --rate 100 ;;
        bare)
            bare
            load fanout --target bare --clients 1000 --under-way 4
            load fanout --target bare --clients 100 --under-way 40
            load fanout --target bare --clients 1000 --under-way 1
            ;;
        direct) gateway; load direct --clients 1000 --under-way 64 ;;
        batch) gateway; load direct --clients 1000 --via batch --under-way 4 ;;
        socket) gateway; load direct --clients 1000 --via socket --batch 50 --under-way 40 ;;
        publish)
            fresh gateway
            load publish --cold --under-way 16 --label cold
            load publish --under-way 16
            load publish --under-way 64
            load publish --under-way 16 --to outbox
            load publish --via batch --batch 50 --under-way 4
            load publish --via batch --batch 100 --under-way 4
            load publish --via batch --batch 100 --under-way 4 --to outbox
            fresh bare
            load publish --target bare --bare-path /nothing --cold --under-way 16 --label "a servlet that does nothing, cold"
            for connections in 16 64; do
                load publish --target bare --bare-path /nothing --under-way $connections --label "a servlet that does nothing"
                load publish --target bare --bare-path /nothing-async --under-way $connections --label "the same, asynchronous"
            done
            ;;
        start)
            starts gateway
            starts bare --target bare --ready-path /publish
            ;;
        latency) # as fast as it goes first: at a low rate a server would never get warm
            gateway
            load direct --clients 1000 --under-way 64
            load direct --clients 1000 --rate 100 --warmup-cpu 0
            load direct --clients 1000 --rate 1000 --warmup-cpu 0
            ;;
        sustained)
            gateway
            load direct --clients 1000 --rate 2000 --seconds 180 --live-heap --label "for three minutes"
            load publish --under-way 16 --seconds 180 --live-heap --label "for three minutes"
            ;;
        connect)
            fresh gateway
            load connect --clients 5000
            fresh bare
            load connect --target bare --clients 5000
            ;;
        return) gateway; load return return return --clients 1000 --pending 100 --via batch ;;
        restart)
            gateway
            load return --clients 1000 --pending 100 --via batch \
                --kill-cmd "kill -9 $SERVER_PID; while grep -q '^State:.[^Z]' /proc/$SERVER_PID/status 2>/dev/null; do sleep 0.05; done" \
                --start-cmd "$PWD/bench/run.sh start-again"
            SERVER_PID=$(cat "$WORK/pid")
            ;;
        postgresql)
            on_postgresql
            load direct --clients 1000 --under-way 64 --database-pid "$DATABASE_PID" --label postgresql
            load direct --clients 1000 --via batch --under-way 4 --database-pid "$DATABASE_PID" --label postgresql
            ;;
        cluster)
            cluster
            load direct --clients 1000 --rate 100 --database-pid "$DATABASE_PID" --label "published at the same node"
            load direct --clients 1000 --rate 100 --other-port "$OTHER_PORT" --database-pid "$DATABASE_PID" \
                --label "published at another node"
            load direct --clients 1000 --under-way 64 --other-port "$OTHER_PORT" --database-pid "$DATABASE_PID" \
                --label "published at another node"
            load fanout --clients 1000 --rate 20 --other-port "$OTHER_PORT" --label "published at another node"
            load return return return --clients 1000 --pending 100 --via batch --other-port "$OTHER_PORT" \
                --label "to another node"
            load return --clients 1000 --pending 100 --via batch --other-port "$OTHER_PORT" --kill-cmd "kill -9 $SERVER_PID" \
                --label "to another node"
            RUNNING=
            ;;
        centrifugo)
            fresh centrifugo
            load connect --target centrifugo --clients 5000
            for connections in 16 64; do
                load publish --target centrifugo --under-way $connections
            done
            load publish --target centrifugo --via batch --batch 100 --under-way 4
            for connections in 16 64; do
                load direct --target centrifugo --clients 1000 --under-way $connections
            done
            load direct --target centrifugo --clients 1000 --via batch --under-way 4
            load direct --target centrifugo --clients 1000 --via socket --batch 50 --under-way 40
            load direct --target centrifugo --clients 1000 --rate 100 --warmup-cpu 0
            load direct --target centrifugo --clients 1000 --rate 1000 --warmup-cpu 0
            for clients in 100 1000; do
                load fanout --target centrifugo --clients $clients --under-way $((4000 / clients)) --until receipt
                load fanout --target centrifugo --clients $clients --under-way $((4000 / clients)) --via socket --until receipt
            done
            stop
            for cores in 0 0,1; do
                load start --target centrifugo --series 5 --ready-path /health --label "on cores $cores" \
                    --start-cmd "exec env CORES=$cores '$PWD/bench/run.sh' serve centrifugo"
            done
            ;;
        idle)
            gateway
            load idle --clients 10000
            bare
            load idle --target bare --clients 10000
            ;;
        *) echo "there is no scenario $1" >&2; exit 2 ;;
    esac
}

mkdir -p "$WORK"
RUNNING=
FAILED=
if [ "${1:-}" = start-again ]; then # used by the scenario restart: the same server on the same data
    start gateway /health/ready
    exit 0
fi
if [ "${1:-}" = serve ]; then # used by the scenario start
    case $2 in
        centrifugo) run_centrifugo ;;
        *) serve "$2" ;;
    esac
fi
: >"$WORK/results.jsonl"
trap stop EXIT
trap 'exit 130' INT TERM
build
if [ "${1:-}" = load ]; then
    shift
    case " $* " in *"--target bare"*) bare ;; *"--target centrifugo"*) centrifugo ;; *) gateway ;; esac
    load "$@"
else
    for name in ${*:-fanout stalled paced bare direct batch socket publish latency sustained connect return restart start idle ${CENTRIFUGO:+centrifugo}}; do
        scenario "$name"
    done
fi
[ -z "$FAILED" ]
