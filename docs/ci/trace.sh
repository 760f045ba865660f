#!/usr/bin/env bash
# Runs a command under strace, uploads the log, prints the summary; exits as the command does.
#
#   STRACELAKE_API=https://... ci/trace.sh NAME COMMAND [ARGUMENT...]
#
# NAME becomes the session's name, such as ci/42/test for the session ci.42.test. The token comes
# from STRACELAKE_TOKEN, or, in GitHub Actions with `id-token: write`, from GitHub itself.
# Needs strace, curl and gzip.
set -euo pipefail

name=$1
shift
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
log=$folder/log.gz

status=0
strace -f -tt -T -y -yy -s 2048 -o "$folder/log" -- "$@" || status=$?
gzip "$folder/log"

field() { # name, JSON: a text of it
  sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" <<<"$2"
}

token=${STRACELAKE_TOKEN:-}
if [[ -z $token ]]; then
  answer=$(curl -sS --fail-with-body -H "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${STRACELAKE_AUDIENCE:-stracelake}")
  token=$(field value "$answer")
fi

# The token goes by a file: the arguments of a command can be read by every user of the machine.
printf 'header = "authorization: Bearer %s"\n' "$token" >"$folder/curl"
ask() {
  curl -sS -K "$folder/curl" "$@"
}

ticket=$(ask --fail-with-body -H 'content-type: application/json' "$STRACELAKE_API/uploads" \
  -d "{\"name\":\"$name.log.gz\",\"size_bytes\":$(wc -c <"$log")}")
curl -sS --fail-with-body -T "$log" "$(field url "$ticket")"
session=$STRACELAKE_API/sessions/$(field session "$ticket")

report=$session/reports/summary?format=text
for _ in $(seq 150); do
  code=$(ask -o "$folder/summary" -w '%{http_code}' "$report")
  case $code in
    200) break ;;
    202 | 404) sleep 2 ;; # still on its way
    *) break ;;
  esac
done
cat "$folder/summary"
echo "session: $session"
[[ $code == 200 ]] || exit 1
exit "$status"
