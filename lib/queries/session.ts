import 'server-only';
import { currentViewer } from '#lib/auth/session.ts';
import { showAddress } from '#lib/ledger-client.ts';
import type { SessionDto } from '#lib/shared/dto.ts';

/** Who is signed in; null for nobody. `account` is null until CreateAccount is on the ledger. */
export async function getSession(): Promise<SessionDto | null> {
  const viewer = await currentViewer();
  if (viewer.kind !== 'person') return null;
  const address = showAddress(viewer.address);
  const { account, expiresAtMs } = viewer;
  if (account === null) return { account: null, address, expiresAtMs };
  const { id, name, roles, encryptionKey } = account;
  return { account: { id, address, name, roles: [...roles], encryptionKey }, address, expiresAtMs };
}
