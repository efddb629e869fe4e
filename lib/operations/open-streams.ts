import 'server-only';
import { database } from '#lib/db.ts';

/** Streams open at once to one network address, over all portals: an office of two hundred behind one address, a fifth of one portal. */
export const STREAMS_PER_NETWORK_MAX = 200;
/** Streams open at once to one session or one agent's key, over all portals: one for each tab. */
export const STREAMS_PER_HOLDER_MAX = 16;
/** How long a stream counts without being renewed: a portal that was killed takes up nobody's places for longer. */
const LEASE_MS = 60_000;
/** A lease is renewed often enough for two renewals to fail. */
export const RENEW_MS = 20_000;

export interface StreamOwner {
  /** The caller's network address, as it is counted. */
  network: string;
  /** Session or agent's key; null for the public. */
  holder: string | null;
}

/** Counts one more open stream and answers its id; null when the network address or the holder has as many as it may. */
export async function claimStream({ network, holder }: StreamOwner): Promise<string | null> {
  const rows = await database().$queryRaw<{ id: string | null }[]>`
    SELECT operations.claim_stream(${network}, ${holder}, ${STREAMS_PER_NETWORK_MAX}::int, ${STREAMS_PER_HOLDER_MAX}::int,
      ${LEASE_MS} * interval '1 millisecond') AS "id"`;
  return rows[0]?.id ?? null;
}

/** False once the stream has lost its place, because nobody renewed it in time: it must end, and ask for another. */
export async function renewStream(id: string): Promise<boolean> {
  const renewed = await database().$executeRaw`
    UPDATE operations.open_streams SET "expiresAt" = clock_timestamp() + ${LEASE_MS} * interval '1 millisecond'
    WHERE "id" = ${id}::uuid AND "expiresAt" > clock_timestamp()`;
  return renewed === 1;
}

/** Gives the place back. */
export async function releaseStream(id: string): Promise<void> {
  await database().openStream.deleteMany({ where: { id } });
}
