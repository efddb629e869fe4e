import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import type { ConfiguredKind, KindModule } from '#agent/resources/kind.ts';
import { readConnectionSection } from './section.ts';
import { ConnectionService } from './service.ts';

/** A relay to the Internet by SOCKS5 and HTTP CONNECT: bytes both ways are counted, round trip, throughput and failures can be promised. */
export const connectionKind: KindModule = {
  ledger: kinds.connection,
  selfLimited: [],
  // By calls an order tells how it stands, which the gateway answers itself.
  methods: ['GET'],
  atOnceMax: 4,
  entryPath: '',
  bodyBytesMax: 0,
  answerMsMax: 10_000,
  configure,
};

function configure(section: unknown): Outcome<ConfiguredKind> {
  const config = readConnectionSection(section);
  if (!config.ok) return config;
  return done({
    sources: config.value.relays.map(({ id, title }) => ({ id, title })),
    open: ({ log }) => new ConnectionService(config.value, { log }),
  });
}
