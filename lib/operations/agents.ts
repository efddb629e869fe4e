import 'server-only';
import { randomInt } from 'node:crypto';
import { database } from '#lib/db.ts';
import type { AgentRegistration, SourceDto } from '#lib/shared/agent.ts';

/** A pairing code lives this long, and is shown until then. */
export const CODE_LIFE_MS = 10 * 60_000;
/** Without letters and digits that look alike. */
const CODE_ALPHABET = '23456789ABCDEFGHJKLMNPQRSTUVWXYZ';
const CODE_LENGTH = 8;

export interface StoredAgent {
  /** 40 lower-case hex digits. */
  address: string;
  origin: string;
  label: string;
  sources: SourceDto[];
  seenAtMs: number | null;
}

function newCode(): string {
  return Array.from({ length: CODE_LENGTH }, () => CODE_ALPHABET[randomInt(CODE_ALPHABET.length)]).join('');
}

/** Registers or refreshes an agent; a code that has most of its life before it is kept, so that what the owner types stays true. */
export async function registerAgent(
  address: string,
  registration: AgentRegistration,
): Promise<{ code: string; expiresAtMs: number }> {
  const { origin, label, sources } = registration;
  const now = Date.now();
  const standing = await database().agent.findUnique({ where: { address } });
  const isFresh =
    typeof standing?.code === 'string' && (standing.codeExpiresAt?.getTime() ?? 0) > now + CODE_LIFE_MS / 2;
  const code = isFresh && standing.code !== null ? standing.code : newCode();
  const expiresAt = isFresh && standing.codeExpiresAt !== null ? standing.codeExpiresAt : new Date(now + CODE_LIFE_MS);
  const values = {
    origin,
    label,
    sources: sources.map((source) => ({ ...source })),
    code,
    codeExpiresAt: expiresAt,
    seenAt: new Date(now),
  };
  await database().agent.upsert({ where: { address }, create: { address, ...values }, update: values });
  return { code, expiresAtMs: expiresAt.getTime() };
}

/** The agent that shows `code` and whose code has not expired. */
export async function findAgentByPairingCode(code: string): Promise<StoredAgent | null> {
  const row = await database().agent.findFirst({ where: { code, codeExpiresAt: { gt: new Date() } } });
  if (row === null) return null;
  // Written by registerAgent and heartbeat alone, from parsed input.
  const sources = row.sources as unknown as SourceDto[];
  return {
    address: row.address,
    origin: row.origin,
    label: row.label,
    sources,
    seenAtMs: row.seenAt?.getTime() ?? null,
  };
}
