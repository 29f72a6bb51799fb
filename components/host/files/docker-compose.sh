#!/bin/sh
# The old name of `docker compose`. Restarting would keep a container's old environment, so it recreates.
if [ "${1-}" = restart ]; then
    shift
    exec docker compose up -d --force-recreate --wait "$@"
fi
exec docker compose "$@"
