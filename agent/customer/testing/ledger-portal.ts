import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { fromHex } from '#ledger/core/bytes.ts';
import type { Person } from '#ledger/abci/testing/test-network.ts';
import type { TestLedger } from '#agent/testing/test-ledger.ts';

/** What a portal answers to one person's program, from a real machine: key, nonce, events with their proofs, and transactions that are executed. */
export interface LedgerPortal {
  readonly origin: string;
  /** Result codes of what was sent, in turn. */
  readonly codes: number[];
  /** Runs when a transaction has come: before it is executed, and after, when its answer is still to be written. */
  onSent: (moment: 'before' | 'after') => void;
  close(): void;
}

export async function ledgerPortal(ledger: TestLedger, who: Person): Promise<LedgerPortal> {
  const codes: number[] = [];
  const execute = (bytes: Uint8Array): unknown => {
    const [item] = ledger.block([bytes]).slice(-1);
    if (item === undefined) throw new Error('a block holds what was put into it');
    codes.push(item.code);
    return { tx: 'ab'.repeat(32), height: 1, code: item.code, data: {}, logIndex: item.logIndex.toString() };
  };
  const portal: LedgerPortal = { origin: '', codes, onSent: () => undefined, close: () => undefined };
  const server: Server = createServer((request, response) => {
    void text(request).then((body) => {
      const url = new URL(request.url ?? '', 'http://portal');
      const say = (value: unknown): void => void response.end(JSON.stringify(value));
      if (url.pathname.includes('/by-address/')) return say({ account: Number(who.account), key: Number(who.key) });
      if (url.pathname.endsWith('/nonce'))
        return say({ nonce: String(who.nonce++), validUntilMs: ledger.nowMs + 600_000 });
      if (url.pathname.endsWith('/events')) return say(ledger.events(url.searchParams.get('after') ?? ''));
      try {
        portal.onSent('before');
        const outcome = execute(fromHex((JSON.parse(body) as { transaction: string }).transaction)!);
        portal.onSent('after');
        return say(outcome);
      } catch {
        // What `onSent` throws cuts the connection.
        return response.destroy();
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return Object.assign(portal, { origin, close: () => server.close().closeAllConnections() });
}
