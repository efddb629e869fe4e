import { fromHex } from '#ledger/core/bytes.ts';
import type { StrategyTerms } from '#components/strategy/terms.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';

export interface PublicationWords {
  title: string;
  summary: string;
  tags: string[];
  region: string;
  licence: string;
  sourceUrl: string;
}

/** The agent's answer to a test, which the publication carries unchanged. */
export interface PublicationTest {
  agentKey: number;
  sourceId: string;
  technical: string;
  testedAtMs: number;
  /** Hex. */
  testSignature: string;
}

/** Terms as the Strategy struct takes them. */
export function strategyArgs(terms: StrategyTerms): MethodArgs['ReviseStrategy']['strategy'] {
  return {
    accessClass: terms.accessClass,
    conditions: terms.conditions,
    formats: terms.formats,
    columns: terms.columns,
    rowFilter: terms.rowFilter,
    opensAtMs: BigInt(terms.opensAtMs),
    closesAtMs: BigInt(terms.closesAtMs),
    useMsMax: BigInt(terms.useMsMax),
    callsMax: BigInt(terms.callsMax),
    bytesMax: BigInt(terms.bytesMax),
    simultaneousMax: BigInt(terms.simultaneousMax),
    price: { unit: terms.price.unit, amountMicro: BigInt(terms.price.amountMicro) },
  };
}

/** One signature publishes words, test and strategy; undefined when the test's signature is not readable. */
export function publicationArgs(publication: {
  words: PublicationWords;
  test: PublicationTest;
  terms: StrategyTerms;
}): MethodArgs['PublishResource'] | undefined {
  const { words, test, terms } = publication;
  const testSignature = fromHex(test.testSignature);
  if (!testSignature) return undefined;
  return {
    kind: 'data',
    ...words,
    agentKey: BigInt(test.agentKey),
    sourceId: test.sourceId,
    technical: test.technical,
    testedAtMs: BigInt(test.testedAtMs),
    testSignature,
    strategy: strategyArgs(terms),
  };
}
