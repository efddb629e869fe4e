import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { relayTerms, relayWaysTerms } from '#ledger/contracts/kinds/connection.ts';
import { connectionKind } from '#agent/resources/connection/connection-kind.ts';
import type { Amounts, KindModule, Quantity } from '#agent/resources/kind.ts';
import { KindRig } from './kind-rig.ts';

/** A port of loopback that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

export interface RelayRigOptions {
  readonly folder: string;
  /** Where it listens for connections. */
  readonly port: number;
  readonly windowMs: number;
  readonly amounts: Amounts;
  readonly promise?: readonly Quantity[];
  /** What of this machine customers may reach; nothing where it is absent. */
  readonly allow?: readonly { readonly range: string; readonly ports: string }[];
  readonly idleMs?: number;
  readonly module?: KindModule;
  readonly ports?: string;
  log(sentence: string): void;
}

/** A relay behind the real gateway. */
export class RelayRig extends KindRig {
  constructor({ port, amounts, promise = [], allow = [], idleMs, module, ports, ...rest }: RelayRigOptions) {
    const held = { connections: 64, downBytesPerS: 10_000_000_000, upBytesPerS: 10_000_000_000 };
    const through = ports ?? '1-65535';
    super({
      ...rest,
      kind: 'connection',
      module: module ?? connectionKind,
      section: {
        listen: { host: '127.0.0.1', port },
        publicAddress: `127.0.0.1:${port}`,
        allow,
        ...(idleMs !== undefined && { idleMs }),
        relays: [
          {
            id: 'line',
            title: 'Line',
            ...held,
            ports: through,
            region: 'Here',
            probe: { url: 'http://127.0.0.1:1/' },
          },
        ],
      },
      sourceId: 'line',
      attributes: relayTerms({
        connections: 64n,
        downBytesPerS: 10_000_000_000n,
        upBytesPerS: 10_000_000_000n,
        ports: through,
        region: 'Here',
        probeBytesPerS: 1n,
        roundTripMs: 1n,
      }),
      terms: { ways: relayWaysTerms(through), amounts, promise },
    });
  }
}
