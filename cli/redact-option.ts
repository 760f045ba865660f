import { InvalidArgumentError, Option } from 'commander';
import { REDACTION_FORM, readRedaction } from '../lib/lake/redaction-setting.ts';

/** What is taken out of logs before anything is written. */
export function redactOption(): Option {
  return new Option('--redact <rules>', `take secrets out of logs first: ${REDACTION_FORM}`)
    .env('REDACT')
    .argParser((text) => {
      const rules = readRedaction(text);
      if (rules) return rules;
      throw new InvalidArgumentError(`Give ${REDACTION_FORM}.`);
    });
}
