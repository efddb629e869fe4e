import 'server-only';
import { createHmac } from 'node:crypto';

/** What a secret begins with when people see it; behind it stands base64. */
const SECRET_PREFIX = 'whsec_';

/** Headers of Standard Webhooks 1.0: whoever knows the secret can tell that the body is ours, whole and not sent before. */
export function webhookHeaders(
  secret: string,
  { id, atMs, body }: { id: string; atMs: number; body: string },
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  const key = Buffer.from(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret, 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
