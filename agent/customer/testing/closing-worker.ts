import { loadAnchor } from '#agent/anchor.ts';
import { Closing } from '#agent/customer/closing.ts';
import { sign } from '#agent/customer/purchase.ts';
import { keyOf } from '#agent/key.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProvedEvents } from '#agent/proved-events.ts';
import { SignedVouchers } from '#agent/voucher-signer/signed-vouchers.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';

/** The part of a customer's program that shows its last vouchers; tests kill it meanwhile. */
const [origin = '', journal = '', anchorFile = '', secret = '', nowMs = ''] = process.argv.slice(2);
const anchor = loadAnchor(anchorFile);
const kept = SignedVouchers.open(journal);
if (!anchor.ok || !kept.ok) throw new Error('the test wrote both files');
const network = anchor.value.genesisHash;
const key = keyOf(fromHex(secret)!);
const client = new PortalClient(origin, { network: toHex(network), key });
const events = new ProvedEvents(client, anchor.value);
const closing = new Closing({
  events,
  sign: (command) => sign(command, { client, events, key, network }),
  say: (sentence) => process.stdout.write(`${sentence}\n`),
  nowMs: () => Number(nowMs),
});
closing.add(...kept.value.newest());
await closing.run();
