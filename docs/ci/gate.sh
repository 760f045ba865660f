#!/usr/bin/env bash
# Runs stracelake ci and shows what it says where the CI system looks for it.
#
#   ci/gate.sh [OPTION of stracelake ci]... -- COMMAND [ARGUMENT...]
#
# STRACELAKE is the command (npx stracelake), STRACELAKE_OUT the folder of the results. With STRACELAKE_URL
# the sessions of that service are the baseline; its token comes from STRACELAKE_TOKEN or, in GitHub Actions
# with `id-token: write`, from GitHub. With COMMENT_ON (number of a pull request) and GITHUB_TOKEN the
# verdict is one comment there, edited from then on. Ends as stracelake ci: 0 fine, 1 not, 2 cannot judge.
set -euo pipefail

read -ra stracelake <<<"${STRACELAKE:-npx stracelake}"
out=${STRACELAKE_OUT:-stracelake-ci}
rm -f "$out/verdict.md" "$out/verdict.json"

if [[ -n ${STRACELAKE_URL:-} && -z ${STRACELAKE_TOKEN:-} && -n ${ACTIONS_ID_TOKEN_REQUEST_URL:-} ]]; then
  STRACELAKE_TOKEN=$(curl -sS --fail-with-body \
    -H "authorization: bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" \
    "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=${STRACELAKE_AUDIENCE:-stracelake}" |
    node -p 'JSON.parse(require("node:fs").readFileSync(0, "utf8")).value')
  export STRACELAKE_TOKEN
fi

status=0
"${stracelake[@]}" ci --out "$out" "$@" || status=$?
[[ -f $out/verdict.md ]] || exit "$status"

if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then cat "$out/verdict.md" >>"$GITHUB_STEP_SUMMARY"; fi

if [[ -n ${COMMENT_ON:-} && -n ${GITHUB_TOKEN:-} ]]; then
  issue=$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/issues
  printf 'header = "authorization: Bearer %s"\n' "$GITHUB_TOKEN" >"$out/curl"
  trap 'rm -f "$out/curl"' EXIT
  ask() { curl -sS --fail-with-body -K "$out/curl" -H 'accept: application/vnd.github+json' "$@"; }
  comments=$(ask "$issue/$COMMENT_ON/comments?per_page=100") || comments='[]'
  ours=$(node -p '(JSON.parse(require("node:fs").readFileSync(0, "utf8"))
    .find(({ body }) => body.startsWith("<!-- stracelake ci -->")) ?? { id: "" }).id' <<<"$comments")
  body=$(node -p 'JSON.stringify({ body: require("node:fs").readFileSync(process.argv[1], "utf8").slice(0, 65000) })' \
    "$out/verdict.md")
  if [[ -n $ours ]]; then
    ask -X PATCH "$issue/comments/$ours" -d @- <<<"$body" >"$out/comment.json" || echo 'comment was not edited' >&2
  else
    ask "$issue/$COMMENT_ON/comments" -d @- <<<"$body" >"$out/comment.json" || echo 'comment was not made' >&2
  fi
fi
exit "$status"
