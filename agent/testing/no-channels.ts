import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Channels, type ChannelParts } from '#agent/channel/channels.ts';
import { VoucherStore } from '#agent/channel/voucher-store.ts';

const folders: string[] = [];
process.once('exit', () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

/** A store of vouchers in a folder of its own, which goes with the process. */
export function emptyVouchers(): VoucherStore {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-vouchers-'));
  folders.push(folder);
  const store = VoucherStore.open(join(folder, 'vouchers.journal'));
  if (!store.ok) throw new Error(store.sentence);
  return store.value;
}

/** Channels of a gateway that offers no vouchers; a test may put some in its store. */
export function noChannels(parts: Pick<ChannelParts, 'meter' | 'clock'>, store = emptyVouchers()): Channels {
  const keys = { network: new Uint8Array(32), secretKey: new Uint8Array(32) };
  return new Channels({ ...parts, ...keys, store, ledgerOf: () => undefined, beat: () => undefined });
}
