import 'server-only';

export async function getReceipt(logIndex: number): Promise<Record<string, unknown> | null> {
  void logIndex;
  throw new Error('getReceipt is not written yet');
}
