# processes.sh: runs commands; of each prints its pid, its exit status as the shell has it, its real time
TIMEFORMAT=%R
run() {
  "$@" &
  local pid=$! status
  { time wait $pid; status=$?; } 2>"$0.$$"
  echo "$pid $status $(tail -n 1 "$0.$$")"
  rm "$0.$$"
}
run sleep 0.2
run sh -c 'exit 42'
run sleep 1
run sh -c 'kill -TERM $$'
run false
run sh -c 'sleep 0.5; true | exit 3'
