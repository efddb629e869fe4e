import 'server-only';
import type { AccountDetail } from '#lib/shared/dto.ts';

export async function getAccount(id: number): Promise<AccountDetail | null> {
  void id;
  throw new Error('getAccount is not written yet');
}
