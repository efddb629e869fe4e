import { fromHex } from '#ledger/core/bytes.ts';
import type { StrategyTerms } from '#components/strategy/terms.ts';
import type { Words } from '#components/strategy/words.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';

/** The agent's answer to a test, which the publication carries unchanged. */
export interface PublicationTest {
  agentKey: number;
  kind: KindName;
  sourceId: string;
  attributes: TermDto[];
  testedAtMs: number;
  /** Hex. */
  testSignature: string;
}

/** One signature publishes words, test, capacity and strategy; undefined when the test's signature is not readable. */
export function publicationArgs(publication: {
  words: Words;
  test: PublicationTest;
  terms: StrategyTerms;
}): MethodArgs['PublishResource'] | undefined {
  const { words, test, terms } = publication;
  const testSignature = fromHex(test.testSignature);
  if (!testSignature) return undefined;
  return {
    kind: test.kind,
    ...words,
    agentKey: BigInt(test.agentKey),
    sourceId: test.sourceId,
    attributes: test.attributes,
    capacity: terms.capacity,
    testedAtMs: BigInt(test.testedAtMs),
    testSignature,
    strategy: terms.strategy,
  };
}

/** A new version of a resource's strategy, with its capacity. */
export function revisionArgs(resource: number, { strategy, capacity }: StrategyTerms): MethodArgs['ReviseStrategy'] {
  return { resource: BigInt(resource), capacity, strategy };
}
