#!/bin/sh
# Ends a server and deletes its directory when the process that started it has died, however it died: only then does
# standard input end without "done". Each line before that is the server's process id now, or "none".
# Arguments: the signal that ends the server, its directory.
signal=$1
directory=$2
pid=none
while read -r line; do pid=$line; done
[ "$pid" = done ] && exit 0

if [ "$pid" != none ]; then
  children=$(cat "/proc/$pid/task/$pid/children" 2>/dev/null || pgrep -P "$pid")
  kill -CONT "$pid" $children
  kill -s "$signal" "$pid"
  checks=0
  while kill -0 "$pid" && [ "$checks" -lt 50 ]; do
    sleep 0.1
    checks=$((checks + 1))
  done
  kill -KILL "$pid" $children
fi 2>/dev/null
rm -rf "$directory"
