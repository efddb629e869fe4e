import 'server-only';
import type { WalletDto } from '#lib/shared/dto.ts';

export async function getWallet(page: number): Promise<WalletDto | null> {
  void page;
  throw new Error('getWallet is not written yet');
}
