/** Token to send along, or undefined where nobody has to sign in. */
export async function bearerToken(): Promise<string | undefined> {
  return undefined;
}
