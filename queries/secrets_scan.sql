-- title: Secrets in arguments
-- description: Where an argument looks like a secret: access keys, tokens of known shapes, private keys,
--   passwords in URLs and headers, and what is named password, token, secret or key. Of the secret itself
--   no more than four characters are shown, and of short ones none. Strings that strace printed in
--   hexadecimal (-xx) are not looked through. Logs ingested with redaction (metadata redact, REDACT) hold
--   none.
-- parameter: session string: Session to report on.
-- parameter: executable string = *: Program that made the calls, whole path or last name; * is every program.
-- parameter: rule names = *: Rules, names separated by commas; * is every rule.
-- column: rule varchar: Rule that found it, such as github_token; the name under which redaction knows it.
-- column: shown varchar: First four characters of the secret, then ***.
-- column: length bigint: Characters that the secret has in the log.
-- column: executable varchar: Program that made the calls; NULL when it is not known.
-- column: syscall varchar: Call, or NULL in what belongs to a signal.
-- column: path varchar: File that the calls are about; NULL when none.
-- column: times bigint: Calls with such a secret.
-- column: first_time varchar: Start of the first of them, time of day in UTC (HH:MM:SS.ffffff); NULL
--   without times.
-- column: first_seq bigint: Line of the log on which it completed.
-- key: rule, shown, executable, syscall, path
-- measures: times
-- brief: path, rule, shown, executable, times

WITH candidates AS (
  SELECT seq, time_ns, executable, syscall, path, args
  FROM calls
  WHERE session = ?
    AND regexp_like(args, 'PRIVATE KEY|A[KS]IA[A-Z0-9]{16}|gh[oprsu]_|github_pat_|gl(pat|rt|rtr|dt|oas|cbt|ptt|ft|imt|wt|soat|agent|ffct)-[A-Za-z0-9_-]{20}|xox[abeoprs]-|[rs]k_[a-z]{4}_|eyJ[A-Za-z0-9_-]{8,}\.eyJ|[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]: |[Xx]-[Aa][Pp][Ii]-[Kk][Ee][Yy]: |://[^/"@:\\ \n]*:[^/"@\\ \n]+@|[Pp][Aa][Ss][Ss][Ww][OoRr]{0,2}[Dd][="]|[Tt][Oo][Kk][Ee][Nn][="]|[Ss][Ee][Cc][Rr][Ee][Tt]=|[Kk][Ee][Yy][\\": =]{1,5}[A-Za-z0-9+/_-]{32}|[Kk][Ee][Yy][\\": =]{1,8}[A-Za-z0-9/+]{40}')
    AND ? IN ('*', executable, regexp_extract(executable, '[^/]*$'))
),
found AS (
  SELECT
    seq,
    time_ns,
    executable,
    syscall,
    path,
    CASE place
      WHEN 1 THEN 'private_key'
      WHEN 2 THEN 'aws_access_key_id'
      WHEN 3 THEN 'aws_secret_access_key'
      WHEN 4 THEN 'github_token'
      WHEN 5 THEN 'github_token'
      WHEN 6 THEN 'gitlab_token'
      WHEN 7 THEN 'slack_token'
      WHEN 8 THEN 'stripe_key'
      WHEN 9 THEN 'json_web_token'
      WHEN 10 THEN 'authorization_header'
      WHEN 11 THEN 'api_key_header'
      WHEN 12 THEN 'url_password'
      WHEN 13 THEN 'password'
      WHEN 14 THEN 'password_argument'
      WHEN 15 THEN 'token'
      WHEN 16 THEN 'token_argument'
      WHEN 17 THEN 'secret'
      WHEN 18 THEN 'key'
    END AS rule,
    CASE place
      WHEN 1 THEN regexp_extract(args, '(-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----)([^"\n\[]+)', 2)
      WHEN 2 THEN regexp_extract(args, '(\\[nrt]|\b)(A[KS]IA[A-Z0-9]{16})\b', 2)
      WHEN 3 THEN regexp_extract(args, '([Ss][Ee][Cc][Rr][Ee][Tt]_*[Aa][Cc][Cc][Ee][Ss][Ss]_*[Kk][Ee][Yy][\\": =]{1,8})([A-Za-z0-9/+]{40})', 2)
      WHEN 4 THEN regexp_extract(args, '(\\[nrt]|\b)(gh[oprsu]_[A-Za-z0-9]{36,})', 2)
      WHEN 5 THEN regexp_extract(args, '(\\[nrt]|\b)(github_pat_[A-Za-z0-9_]{22,})', 2)
      WHEN 6 THEN regexp_extract(args, '(\\[nrt]|\b)(gl(pat|rt|rtr|dt|oas|cbt|ptt|ft|imt|wt|soat|agent|ffct)-[A-Za-z0-9_-]{20,})', 2)
      WHEN 7 THEN regexp_extract(args, '(\\[nrt]|\b)(xox[abeoprs]-[A-Za-z0-9-]{10,})', 2)
      WHEN 8 THEN regexp_extract(args, '(\\[nrt]|\b)([rs]k_[a-z]{4}_[A-Za-z0-9]{16,})', 2)
      WHEN 9 THEN regexp_extract(args, '(\\[nrt]|\b)(eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,})', 2)
      WHEN 10 THEN regexp_extract(args, '([Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]: *[A-Za-z]+ +)([^"\\&;, \n\[][^"\\&; \n]{3,})', 2)
      WHEN 11 THEN regexp_extract(args, '([Xx]-[Aa][Pp][Ii]-[Kk][Ee][Yy]: *)([^"\\&;, \n\[][^"\\&; \n]{3,})', 2)
      WHEN 12 THEN regexp_extract(args, '(://[^/"@:\\ \n]*:)([^/"@\\ \n\[][^/"@\\ \n]*)@', 2)
      WHEN 13 THEN regexp_extract(args, '([Pp][Aa][Ss][Ss][Ww][OoRr]{0,2}[Dd]=)([^"\\&;, \n\[][^"\\&; \n]{3,})', 2)
      WHEN 14 THEN regexp_extract(args, '("--*[a-z-]*passw[or]*d", ")([^"\n\[]+)', 2)
      WHEN 15 THEN regexp_extract(args, '([Tt][Oo][Kk][Ee][Nn]=)([^"\\&;, \n\[][^"\\&; \n]{3,})', 2)
      WHEN 16 THEN regexp_extract(args, '("--*[a-z-]*token", ")([^"\n\[]+)', 2)
      WHEN 17 THEN regexp_extract(args, '([Ss][Ee][Cc][Rr][Ee][Tt]=)([^"\\&;, \n\[][^"\\&; \n]{3,})', 2)
      WHEN 18 THEN regexp_extract(args, '([Kk][Ee][Yy][\\": =]{1,5})([A-Za-z0-9+/_-]{32,})', 2)
    END AS secret
  FROM candidates
  CROSS JOIN UNNEST(ARRAY[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18]) AS places (place)
)
SELECT
  rule,
  CASE WHEN length(secret) > 12 THEN substr(secret, 1, 4) ELSE '' END || '***' AS shown,
  CAST(length(secret) AS BIGINT) AS length,
  executable,
  syscall,
  path,
  COUNT(*) AS times,
  substr(CAST(from_unixtime_nanos(MIN(time_ns)) AS VARCHAR), 12, 15) AS first_time,
  MIN(seq) AS first_seq
FROM found
WHERE secret <> ''
  AND arrays_overlap(split(?, ','), ARRAY['*', rule])
GROUP BY 1, 2, 3, 4, 5, 6
ORDER BY first_seq, rule, shown, length
