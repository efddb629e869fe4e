import 'server-only';
import { createHmac } from 'node:crypto';
import { headers } from 'next/headers';
import { webEnvironment } from '#lib/env.ts';
import { sweepExpired } from '#lib/operations/housekeeping.ts';
import { takeToken, type Bucket } from '#lib/operations/rate-limits.ts';
import { callerAddress, givenCaller } from './caller-address.ts';
import { givenViewer } from './viewer.ts';

async function forwardedFor(): Promise<string | null> {
  const caller = givenCaller();
  if (caller !== undefined) return caller.forwarded;
  // Code that runs as a given viewer outside of a request (tests) has no headers.
  return givenViewer() === undefined ? (await headers()).get('x-forwarded-for') : null;
}

/** The caller's network address as a keyed hash: enough to count by, not enough to know who it was. */
export async function callerHash(): Promise<string> {
  const forwarded = await forwardedFor();
  const { secret, trustedProxies } = webEnvironment();
  return createHmac('sha256', secret).update(callerAddress(forwarded, trustedProxies)).digest('hex').slice(0, 32);
}

/** Counts a request against the caller's network address and, when known, its ledger address; answers 0 or the seconds to wait. */
export async function admitRequest(bucket: Bucket, address?: string): Promise<number> {
  // Whoever calls leaves rows behind, signed in or not.
  await sweepExpired();
  const byNetwork = await takeToken(bucket, `ip:${await callerHash()}`);
  if (byNetwork > 0 || address === undefined) return byNetwork;
  return admitAddress(bucket, address);
}

/** Counts a request against a ledger address alone, where the caller was counted before the address was known. */
export function admitAddress(bucket: Bucket, address: string): Promise<number> {
  return takeToken(bucket, `address:${address}`);
}
