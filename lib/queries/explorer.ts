import 'server-only';
import type { BlockDetail, BlockSummary, PageOf, TransactionDetail } from '#lib/shared/dto.ts';

export async function getBlocks(page: number): Promise<PageOf<BlockSummary>> {
  void page;
  throw new Error('getBlocks is not written yet');
}

export async function getBlock(height: number): Promise<BlockDetail | null> {
  void height;
  throw new Error('getBlock is not written yet');
}

export async function getTransaction(tx: string): Promise<TransactionDetail | null> {
  void tx;
  throw new Error('getTransaction is not written yet');
}
