import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { person, type Person } from '#ledger/abci/testing/test-network.ts';
import { amountsOfUse, filled, HOUR_MS, places, strategy, terms } from '#ledger/contracts/testing/samples.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { keyOf, type AgentKey } from '#agent/key.ts';
import { BROKER_METHODS } from '#lib/shared/agent-methods.ts';
import { TestLedger } from './test-ledger.ts';

/** A node provider's portal in front of the ledger: how slow it is, whether it answers, and what it was sent. */
export interface RigPortal {
  readonly origin: string;
  /** Account of the node provider. */
  readonly account: number;
  /** It waits so long before each answer. */
  delayMs: number;
  /** It takes calls and breaks the connection off. */
  isAway: boolean;
  /** It hands a transaction to the ledger, and breaks off before it answers. */
  losesAnswers: boolean;
  /** Hex of each transaction that it was sent. */
  readonly sent: string[];
  close(): void;
}

interface Outcome {
  readonly tx: string;
  readonly height: number;
  readonly code: number;
  readonly data: unknown;
}

/** The real machine with a broker and its program's key, and portals that speak the portal's API as far as a broker's program uses it. */
export class MarketRig {
  readonly ledger: TestLedger;
  readonly broker: Person;
  /** The program's key, number 1 of the broker's account. */
  readonly program: Person;
  readonly #outcomes = new Map<string, Outcome>();
  readonly #portals: RigPortal[] = [];

  constructor(parameters: Readonly<Record<string, bigint>> = {}) {
    this.ledger = new TestLedger(parameters);
    const { network } = this.ledger;
    this.broker = person(20, nobleCrypto, 6n);
    this.ledger.block([network.create({ ...this.broker, account: 0n })]);
    this.ledger.run(this.broker, 'RequestRole', { role: 'NRB' });
    this.ledger.block(
      network.nodes.slice(1).map((node) => network.sign(node, 'Vote', { proposal: 1n, approve: true })),
    );
    this.program = this.allow(21, BROKER_METHODS);
  }

  /** A key of the broker's account that its owner allows these methods. */
  allow(seed: number, methods: readonly string[], key = 1n): Person {
    const { network } = this.ledger;
    const who = person(seed, nobleCrypto, this.broker.account, key);
    const scope = {
      methods: [...methods],
      resources: [],
      spendingCapMicro: 0n,
      expiresAtMs: network.nowMs + 24n * HOUR_MS,
    };
    const offer = network.keyOffer(who, this.broker.account);
    this.succeed(this.broker, 'AuthorizeKey', { ...offer, label: 'broker', ...scope });
    return who;
  }

  get key(): AgentKey {
    return keyOf(this.program.secret);
  }

  succeed(who: Person, method: string, args: Args): unknown {
    const { code, data } = this.ledger.run(who, method, args);
    if (code !== 0) throw new Error(`${method} ended with ${code}`);
    return data;
  }

  /** A data set of the provider in a region; its number. */
  publish(sourceId: string, fields: { region?: string; microPerHour?: bigint; rule?: string } = {}): bigint {
    const { network } = this.ledger;
    if (network.provider.nonce === 0n) this.succeed(network.provider, 'AuthorizeKey', network.authorizeArgs());
    const { region = 'US-WA', microPerHour = 3_600_000n, rule } = fields;
    const prices = [{ meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro: microPerHour }];
    const conditions = rule === undefined ? {} : { conditions: [{ rule, sentence: 'a rule of the provider' }] };
    const args = {
      ...network.publishArgs({ sourceId, strategy: strategy({ prices, ...conditions }), capacity: places(2n) }),
      region,
    };
    return (this.succeed(network.provider, 'PublishResource', args) as { resource: bigint }).resource;
  }

  /** Asks for a place in a data set for an hour; the demand's number. */
  demand(fields: Args = {}, region = ''): bigint {
    const need = { kind: 'data', choices: terms({ format: 'csv' }), amounts: amountsOfUse(), promise: [] };
    const args = {
      purpose: 'research',
      fieldOfBusiness: 'weather',
      needs: [{ ...need, terms: region === '' ? [] : terms({ region }) }],
      work: [],
      durationMs: HOUR_MS,
      budgetMicro: 10_000_000n,
      backup: false,
      batch: false,
      openMs: HOUR_MS,
      encryptionKey: filled(9),
      ...fields,
    };
    return (this.succeed(this.ledger.network.customer, 'PublishDemand', args) as { demand: bigint }).demand;
  }

  /** What `/api/v1/events?of=market` answers. */
  feed(after: string): object {
    const { machine, nowMs } = this.ledger.network;
    return {
      ...this.ledger.events(after),
      completeTo: { height: Number(machine.info().height), timeMs: Number(nowMs) },
    };
  }

  /** Takes a transaction as the portal does: refused at once with its code, or executed in a block of its own. */
  submit(bytes: Uint8Array): { readonly refused: number } | { readonly decided: Outcome } {
    const { network } = this.ledger;
    const { code, txId } = network.machine.checkTx(bytes, { nowMs: network.nowMs, recheck: false });
    if (code !== 0) return { refused: code };
    const item = this.ledger.block([bytes]).at(-1);
    if (item === undefined || txId === undefined) throw new Error('a block holds what was put into it');
    const { height } = network.machine.info();
    const decided = { tx: toHex(txId), height: Number(height), code: item.code, data: inJson(item.data) };
    this.#outcomes.set(decided.tx, decided);
    return { decided };
  }

  async portal(account: number, fields: Partial<Pick<RigPortal, 'delayMs' | 'isAway'>> = {}): Promise<RigPortal> {
    const server = createServer();
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const close = (): void => void server.close().closeAllConnections();
    const portal: RigPortal = {
      origin,
      account,
      delayMs: 0,
      isAway: false,
      losesAnswers: false,
      sent: [],
      close,
      ...fields,
    };
    this.#serve(server, portal);
    this.#portals.push(portal);
    return portal;
  }

  close(): void {
    for (const portal of this.#portals.splice(0)) portal.close();
  }

  #serve(server: Server, portal: RigPortal): void {
    server.on('request', (request, response) => {
      void (async () => {
        const body = await text(request);
        await sleep(portal.delayMs);
        if (portal.isAway) return void response.destroy();
        const { status, said } = this.#answer(portal, request, body);
        if (portal.losesAnswers && request.method === 'POST') return void response.destroy();
        response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(said));
      })();
    });
  }

  #answer(portal: RigPortal, { url = '' }: IncomingMessage, body: string): { status: number; said: unknown } {
    const { pathname, searchParams } = new URL(url, portal.origin);
    const { network } = this.ledger;
    switch (pathname.split('/')[3]) {
      case 'health':
        return { status: 200, said: { status: 'ok' } };
      case 'network':
        return { status: 200, said: { network: toHex(network.machine.network) } };
      case 'events':
        return { status: 200, said: this.feed(searchParams.get('after') ?? '') };
      case 'accounts':
        return pathname.endsWith('/nonce')
          ? {
              status: 200,
              said: { nonce: String(this.program.nonce++), validUntilMs: Number(network.nowMs) + 600_000 },
            }
          : { status: 200, said: { account: Number(this.program.account), key: Number(this.program.key) } };
      case 'transactions': {
        const known = this.#outcomes.get(pathname.split('/')[4] ?? '');
        if (pathname.split('/')[4] !== undefined) return { status: known === undefined ? 404 : 200, said: known ?? {} };
        const { transaction } = JSON.parse(body) as { transaction: string };
        portal.sent.push(transaction);
        const taken = this.submit(fromHex(transaction) ?? new Uint8Array(0));
        return 'refused' in taken
          ? { status: 409, said: { code: taken.refused, detail: 'refused' } }
          : { status: 200, said: taken.decided };
      }
      default:
        return { status: 404, said: {} };
    }
  }
}

function inJson(data: unknown): unknown {
  return JSON.parse(
    JSON.stringify(data, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value)),
  );
}
