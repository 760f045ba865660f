import { config, type PageConfig } from './catalogue.ts';
import { ProblemError } from './service.ts';

type SignIn = NonNullable<PageConfig['sign_in']>;

interface Token {
  text: string;
  /** Milliseconds since 1970-01-01 UTC. */
  expiresAt: number;
}

/** What has to be known when the issuer sends the reader back. */
interface Journey {
  state: string;
  verifier: string;
  nonce: string;
  /** Where the reader wanted to go. */
  hash: string;
}

const TOKEN = 'stracelake.token';
const JOURNEY = 'stracelake.sign-in';
const DEFAULT_SECONDS = 300;
/** A token that ends while an answer is on its way is of no use. */
const MARGIN_MS = 30_000;

let leaving: Promise<void> | undefined;
// Whoever comes back from the issuer by the browser's button finds the page as it was left: waiting.
addEventListener('pageshow', ({ persisted }) => {
  if (persisted && leaving) location.reload();
});

/** Token to send along, or undefined where nobody has to sign in; goes to the issuer without one. */
export async function bearerToken(): Promise<string | undefined> {
  const signIn = config.value?.sign_in;
  if (signIn === undefined) return undefined;
  const token = read<Token>(TOKEN);
  if (token && token.expiresAt - MARGIN_MS > Date.now()) return token.text;
  // Many questions find out at once, and the issuer can answer but one.
  leaving ??= leaveForIssuer(signIn).catch((error) => {
    leaving = undefined;
    throw error;
  });
  await leaving;
  // The page is on its way out.
  return await new Promise<never>(() => {});
}

/** Forgets the token, so that the next question goes to the issuer for another one. */
export function dropToken(): void {
  sessionStorage.removeItem(TOKEN);
}

/** Takes up the answer of the issuer if the address has one; throws ProblemError when it is none. */
export async function returnFromIssuer(): Promise<void> {
  const signIn = config.value?.sign_in;
  const query = new URLSearchParams(location.search);
  if (signIn === undefined || !(query.has('code') || query.has('error'))) return;
  const journey = read<Journey>(JOURNEY);
  sessionStorage.removeItem(JOURNEY);
  history.replaceState(null, '', `${location.pathname}${journey?.hash ?? ''}`);
  if (journey === undefined) return;
  dispatchEvent(new HashChangeEvent('hashchange'));
  try {
    await redeem(signIn, query, journey);
  } catch (error) {
    throw new ProblemError(401, 'Signing in did not work', String(error));
  }
}

async function redeem(signIn: SignIn, query: URLSearchParams, journey: Journey): Promise<void> {
  const oauth = await import('oauth4webapi');
  const [issuer, options] = await discover(signIn);
  const client = { client_id: signIn.client_id };
  const parameters = oauth.validateAuthResponse(issuer, client, query, journey.state);
  const response = await oauth.authorizationCodeGrantRequest(
    issuer,
    client,
    oauth.None(),
    parameters,
    homeUrl(),
    journey.verifier,
    options,
  );
  const tokens = await oauth.processAuthorizationCodeResponse(issuer, client, response, {
    expectedNonce: journey.nonce,
    requireIdToken: true,
  });
  // An access token that is no JWT is opaque to everybody but the issuer.
  const isJwt = tokens.access_token.split('.').length === 3;
  const text = isJwt ? tokens.access_token : tokens.id_token!;
  const expiresAt = Date.now() + (tokens.expires_in ?? DEFAULT_SECONDS) * 1000;
  sessionStorage.setItem(TOKEN, JSON.stringify({ text, expiresAt } satisfies Token));
}

async function leaveForIssuer(signIn: SignIn): Promise<void> {
  const oauth = await import('oauth4webapi');
  const [issuer] = await discover(signIn);
  const journey: Journey = {
    state: oauth.generateRandomState(),
    verifier: oauth.generateRandomCodeVerifier(),
    nonce: oauth.generateRandomNonce(),
    hash: location.hash,
  };
  sessionStorage.setItem(JOURNEY, JSON.stringify(journey));
  const url = new URL(issuer.authorization_endpoint!);
  const query = {
    client_id: signIn.client_id,
    response_type: 'code',
    redirect_uri: homeUrl(),
    scope: 'openid',
    state: journey.state,
    nonce: journey.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(journey.verifier),
    code_challenge_method: 'S256',
    ...(signIn.audience !== undefined && { audience: signIn.audience }),
  };
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  location.assign(url);
}

async function discover({ issuer }: SignIn) {
  const oauth = await import('oauth4webapi');
  const url = new URL(issuer);
  // An issuer on this machine is one of a test.
  const options = { [oauth.allowInsecureRequests]: url.hostname === '127.0.0.1' };
  const response = await oauth.discoveryRequest(url, options);
  return [await oauth.processDiscoveryResponse(url, response), options] as const;
}

function homeUrl(): string {
  return `${location.origin}/`;
}

function read<T>(key: string): T | undefined {
  const text = sessionStorage.getItem(key);
  return text === null ? undefined : (JSON.parse(text) as T);
}
