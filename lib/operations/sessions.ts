import 'server-only';
import { database } from '#lib/db.ts';

export interface StoredSession {
  /** 0x and 40 lower-case hex digits. */
  address: string;
  expiresAtMs: number;
}

/** Makes a session count; one address may have several (devices, tabs of several people). */
export async function createSession(session: { jti: string; address: string; expiresAtMs: number }): Promise<void> {
  const { jti, address, expiresAtMs } = session;
  await database().session.create({ data: { jti, address, expiresAt: new Date(expiresAtMs) } });
}

/** The session while it counts; null once it was ended or has expired. */
export async function findSession(jti: string): Promise<StoredSession | null> {
  const row = await database().session.findUnique({ where: { jti } });
  if (row === null || row.expiresAt.getTime() <= Date.now()) return null;
  return { address: row.address, expiresAtMs: row.expiresAt.getTime() };
}

/** Sign-out. Ending one that does not stand is no fault. */
export async function deleteSession(jti: string): Promise<void> {
  await database().session.deleteMany({ where: { jti } });
}
