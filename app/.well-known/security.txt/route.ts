import { portalFacts } from '#lib/auth/portal.ts';

/** RFC 9116 (2.5.5) asks for less than a year. The file is made anew at every request, so it ends soon after its portal does. */
const GOOD_FOR_MS = 30 * 86_400_000;
const HEADERS = { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' };
const NOBODY = 'The operator of this portal has named no contact for faults in its security.\n';

/** Where to report a fault in the portal's security (RFC 9116); 404 where the operator has named nobody. */
export function GET(): Response {
  const { origin, securityContacts } = portalFacts();
  if (securityContacts.length === 0) return new Response(NOBODY, { status: 404, headers: HEADERS });
  const lines = [
    ...securityContacts.map((contact) => `Contact: ${contact}`),
    `Expires: ${new Date(Date.now() + GOOD_FOR_MS).toISOString()}`,
    `Canonical: ${origin}/.well-known/security.txt`,
    'Preferred-Languages: en',
  ];
  return new Response(`${lines.join('\n')}\n`, { headers: HEADERS });
}
