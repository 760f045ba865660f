import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { REDACTION_FORM, readRedaction } from '../lake/redaction-setting.ts';
import { StackOptionError } from './errors.ts';

/** The longest that CloudWatch keeps logs for a time; the next is for ever. */
const TEN_YEARS = 3653;

/** Who may call the API: AWS identities (SigV4), or bearers of an OIDC issuer's tokens. */
export type ApiAuth =
  | { mode: 'iam' }
  | {
      mode: 'jwt';
      /** URL of the issuer, as in the `iss` claim. */
      issuer: string;
      audience: string[];
      /** Claim -> values that are let in (`*` stands for any text); every claim must match. */
      claims: Record<string, string[]>;
    };

/** How people sign in to the page. */
export interface PageOptions {
  /** Public client of the issuer (authorization code with PKCE). */
  clientId: string;
  /** Origins of the issuer that the page may ask, beside that of its URL. */
  origins: string[];
}

/** What a deployment may choose; read from CDK context (`-c name=value` or cdk.json). */
export interface StackOptions {
  /** Name of the CloudFormation stack; the Glue database and the workgroup are named after it. */
  stackName: string;
  auth: ApiAuth;
  /** The page, where people sign in with the issuer; undefined: none is served. */
  page?: PageOptions;
  /** The one web origin that may read the API from a browser; undefined: none. */
  corsOrigin?: string;
  /** Days a raw log is kept; the session made from it stays. */
  logDays: number;
  /** Days a query result is kept. */
  resultDays: number;
  /** Ingests running at once, from 2 to 1000. */
  maxIngests: number;
  /** Largest log `POST /uploads` takes, GB; S3 takes at most 5 in one PUT. */
  uploadLimitGb: number;
  /** A query that would scan more, GB, is stopped by Athena. */
  scanLimitGb: number;
  /** Rules of redaction for every log, by name; empty: logs are taken as they are. */
  redact: string[];
  /** Requests a second the API takes, all callers together. */
  requestsPerSecond: number;
  /** Days the service's own logs are kept: one of CloudWatch's choices. */
  serviceLogDays: number;
  /** Address the alarms are mailed to; undefined: they only change colour. */
  alarmEmail?: string;
}

/** Looks up a context value, as `node.tryGetContext` does. */
export type ContextLookup = (name: string) => unknown;

/** Reads and checks the options; throws StackOptionError on one that cannot be used. */
export function readOptions(context: ContextLookup): StackOptions {
  return {
    stackName: readStackName(context),
    auth: readAuth(context),
    page: readPage(context),
    corsOrigin: readOrigin(context),
    logDays: readWhole(context, 'logDays', 90, 1, 36_500),
    resultDays: readWhole(context, 'resultDays', 7, 1, 365),
    maxIngests: readWhole(context, 'maxIngests', 10, 2, 1000),
    uploadLimitGb: readWhole(context, 'uploadLimitGb', 5, 1, 5),
    scanLimitGb: readWhole(context, 'scanLimitGb', 100, 1, 100_000),
    redact: readRules(context),
    requestsPerSecond: readWhole(context, 'requestsPerSecond', 20, 1, 10_000),
    serviceLogDays: readRetention(context),
    alarmEmail: readText(context, 'alarmEmail'),
  };
}

/** Name for what Glue and Athena call after the stack: lower case letters, digits and `_`. */
export function catalogueName(stackName: string): string {
  return stackName.toLowerCase().replaceAll('-', '_');
}

function readStackName(context: ContextLookup): string {
  const name = readText(context, 'stackName') ?? 'Stracelake';
  if (!/^[A-Za-z][A-Za-z0-9-]{0,99}$/.test(name)) {
    throw new StackOptionError(`stackName takes letters, digits and '-', a letter first: ${name}`);
  }
  return name;
}

function readAuth(context: ContextLookup): ApiAuth {
  const mode = readText(context, 'auth') ?? 'iam';
  if (mode === 'iam') return { mode };
  if (mode !== 'jwt') throw new StackOptionError(`auth is 'iam' or 'jwt': ${mode}`);
  const issuer = readText(context, 'jwtIssuer');
  if (!issuer?.startsWith('https://')) {
    throw new StackOptionError(
      `jwtIssuer is the https URL of an OIDC issuer: ${issuer ?? '(none)'}`,
    );
  }
  const audience = (readText(context, 'jwtAudience') ?? '').split(',').filter(Boolean);
  if (audience.length === 0) throw new StackOptionError('jwtAudience is required with auth=jwt');
  return { mode, issuer, audience, claims: readClaims(context) };
}

function readClaims(context: ContextLookup): Record<string, string[]> {
  const text = readText(context, 'jwtClaims');
  // A public issuer (GitHub, GitLab) signs tokens for everyone: without claims all of them get in.
  if (!text) {
    throw new StackOptionError(
      `jwtClaims is required with auth=jwt, such as '{"repository":["owner/name"]}'`,
    );
  }
  const claims = parseClaims(text);
  if (!claims) {
    throw new StackOptionError(
      `jwtClaims is a JSON object of lists of strings, not empty: ${text}`,
    );
  }
  return claims;
}

function parseClaims(text: string): Record<string, string[]> | undefined {
  let claims: unknown;
  try {
    claims = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof claims !== 'object' || claims === null) return undefined;
  const lists = Object.values(claims);
  const isUsable =
    lists.length > 0 &&
    lists.every(
      (list) =>
        Array.isArray(list) && list.length > 0 && list.every((item) => typeof item === 'string'),
    );
  return isUsable ? (claims as Record<string, string[]>) : undefined;
}

function readPage(context: ContextLookup): PageOptions | undefined {
  const clientId = readText(context, 'pageClientId');
  if (clientId === undefined) return undefined;
  const auth = readAuth(context);
  if (auth.mode !== 'jwt') {
    throw new StackOptionError(`pageClientId goes with auth=jwt: auth is ${auth.mode}`);
  }
  const others = (readText(context, 'pageOrigins') ?? '').split(',').filter(Boolean);
  for (const origin of others) {
    if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
      throw new StackOptionError(
        `pageOrigins is a list of origins such as https://auth.example.org: ${origin}`,
      );
    }
  }
  return { clientId, origins: [...new Set([new URL(auth.issuer).origin, ...others])] };
}

function readRules(context: ContextLookup): string[] {
  const text = readText(context, 'redact') ?? '';
  const rules = text === '' ? [] : readRedaction(text);
  if (rules) return rules;
  throw new StackOptionError(`redact is ${REDACTION_FORM}: ${text}`);
}

function readOrigin(context: ContextLookup): string | undefined {
  const origin = readText(context, 'corsOrigin');
  if (origin === undefined) return undefined;
  if (!URL.canParse(origin) || new URL(origin).origin !== origin) {
    throw new StackOptionError(
      `corsOrigin is one origin such as https://ci.example.org: ${origin}`,
    );
  }
  return origin;
}

function readRetention(context: ContextLookup): number {
  const choices = Object.values(RetentionDays).filter((days) => Number(days) <= TEN_YEARS);
  const text = readText(context, 'serviceLogDays') ?? '30';
  const days = Number(text);
  if (choices.includes(days)) return days;
  throw new StackOptionError(
    `serviceLogDays is what CloudWatch offers, one of ${choices.join(', ')}: ${text}`,
  );
}

function readText(context: ContextLookup, name: string): string | undefined {
  const value = context(name);
  if (value === undefined || value === '') return undefined;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function readWhole(
  context: ContextLookup,
  name: string,
  fallback: number,
  least: number,
  most: number,
): number {
  const text = readText(context, name) ?? String(fallback);
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new StackOptionError(`${name} is a whole number from ${least} to ${most}: ${text}`);
  }
  return value;
}
