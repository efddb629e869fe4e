/** An agent is heard every 10 s; after so long without a word nobody can say whether it would deliver. */
const SILENT_AFTER_MS = 60_000;
/** A page that says whether an agent is heard asks again so often: no event of the ledger tells of a heartbeat. */
export const AGENT_READ_EVERY_MS = 20_000;

/** Judged at `readAtMs`, when the heartbeat was read: later the page knows nothing newer. `seenAtMs` null: none was ever recorded. */
export function isAgentSilent(seenAtMs: number | null, readAtMs: number): boolean {
  return seenAtMs === null || readAtMs - seenAtMs > SILENT_AFTER_MS;
}
