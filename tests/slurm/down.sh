#!/usr/bin/env bash
# down.sh DIR: end what up.sh DIR started, by its pid files alone.
for daemon in slurmd slurmctld munged; do
    [ -s "$1/$daemon.pid" ] && kill "$(cat "$1/$daemon.pid")" 2> /dev/null
done
true
