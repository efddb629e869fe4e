import { describe, expect, test } from 'vitest';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { runCases } from '#ledger/contracts/testing/cases.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  type Outcome,
} from '#ledger/contracts/testing/test-ledger.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nodeCodes as codes, nodeDefinition } from './definition.ts';
import { readShares } from './shares.ts';

const [FIRST, SECOND] = NODES;
/** Genesis names four validators. */
const NODE = 5n;
/** A key of a maintainer’s program. */
const PROGRAM = 1n;

const declare = (ledger: TestLedger, fields: Args = {}, by: bigint = PROVIDER, key = 0n): Outcome =>
  ledger.run(
    by,
    'DeclareShares',
    { node: NODE, consensusMillicores: 1_000n, serviceMillicores: 2_000n, reserveMillicores: 1_500n, ...fields },
    { key },
  );
const shift = (ledger: TestLedger, fields: Args = {}, by: bigint = SECOND, key = 0n): Outcome =>
  ledger.run(
    by,
    'ShiftShares',
    { node: NODE, from: 'service', to: 'consensus', millicores: 1_000n, reason: 'Blocks are slow', ...fields },
    { key },
  );
const registered = () => {
  const ledger = new TestLedger().publish({});
  const said = { class: 'service', name: 'Seattle agent', software: '1.4.0', endpoint: '' };
  ledger.run(PROVIDER, 'RegisterNode', said, { key: AGENT_KEY });
  return ledger;
};
const declared = () => {
  const ledger = registered();
  declare(ledger);
  return ledger;
};
const retired = () => {
  const ledger = declared();
  ledger.run(PROVIDER, 'RetireNode', { node: NODE });
  return ledger;
};
const sharesOf = ({ state }: TestLedger) => readShares(state, NODE);

const { NETWORK_ROLE_REQUIRED, NODE_UNKNOWN, NODE_IS_VALIDATOR, NOT_THE_OPERATOR, NODE_STATUS_DOES_NOT_ALLOW } = codes;
const { SHARES_INVALID, SHARES_NOT_DECLARED, SHIFT_INVALID, SHIFT_TOO_LARGE, SHIFT_NOT_AUTOMATIC } = codes;
const own = {
  NETWORK_ROLE_REQUIRED,
  NODE_UNKNOWN,
  NODE_IS_VALIDATOR,
  NOT_THE_OPERATOR,
  NODE_STATUS_DOES_NOT_ALLOW,
  SHARES_INVALID,
  SHARES_NOT_DECLARED,
  SHIFT_INVALID,
  SHIFT_TOO_LARGE,
  SHIFT_NOT_AUTOMATIC,
};

describe('shares of a host', () => {
  runCases(own, [
    { what: 'its operator declares them [8.1.1-d]', given: registered, when: declare, then: ['SharesDeclared'] },
    {
      what: 'the node’s own key too',
      given: registered,
      when: (ledger) => declare(ledger, {}, PROVIDER, AGENT_KEY),
      then: ['SharesDeclared'],
    },
    {
      what: 'another key of the operator does not speak for the node',
      given: registered,
      when: (ledger) => declare(ledger, {}, PROVIDER, 2n),
      then: NOT_THE_OPERATOR,
    },
    {
      what: 'nor does a stranger',
      given: registered,
      when: (ledger) => declare(ledger, {}, CUSTOMER),
      then: NOT_THE_OPERATOR,
    },
    { what: 'of a node that is none', given: registered, when: (l) => declare(l, { node: 99n }), then: NODE_UNKNOWN },
    {
      what: 'a validator declares none by this',
      given: registered,
      when: (l) => declare(l, { node: 1n }),
      then: NODE_IS_VALIDATOR,
    },
    { what: 'nor does a retired node', given: retired, when: declare, then: NODE_STATUS_DOES_NOT_ALLOW },
    {
      what: 'a host has some cores',
      given: registered,
      when: (ledger) => declare(ledger, { consensusMillicores: 0n, serviceMillicores: 0n, reserveMillicores: 0n }),
      then: SHARES_INVALID,
    },
    {
      what: 'the sum of them is bounded',
      given: registered,
      when: (ledger) => declare(ledger, { consensusMillicores: 4_294_967_295n, serviceMillicores: 4_294_967_295n }),
      then: SHARES_INVALID,
    },
    {
      what: 'a maintainer or a node provider shifts them to consensus [6.2.2-c, 8.1.1-d]',
      given: declared,
      when: shift,
      then: ['SharesShifted'],
    },
    {
      what: 'nobody else, also not the operator',
      given: declared,
      when: (ledger) => shift(ledger, {}, PROVIDER),
      then: NETWORK_ROLE_REQUIRED,
    },
    { what: 'not before they were declared', given: registered, when: shift, then: SHARES_NOT_DECLARED },
    { what: 'not of a retired node', given: retired, when: shift, then: NODE_STATUS_DOES_NOT_ALLOW },
    ...(
      [
        { from: 'service', to: 'service' },
        { from: 'toString', to: 'service' },
        { from: 'service', to: '' },
        { millicores: 0n },
        { reason: '' },
        { reason: 'two\nlines' },
        { reason: 'x'.repeat(201) },
      ] as Args[]
    ).map((fields) => ({
      what: `a shift that cannot be read is refused: ${Object.keys(fields).join()} ${String(Object.values(fields)[0]).slice(0, 9)}`,
      given: declared,
      when: (ledger: TestLedger) => shift(ledger, fields),
      then: SHIFT_INVALID,
    })),
    {
      what: 'not more than is there',
      given: declared,
      when: (ledger) => shift(ledger, { millicores: 2_001n }),
      then: SHIFT_TOO_LARGE,
    },
    {
      what: 'not what the operator declared for consensus',
      given: declared,
      when: (ledger) => shift(ledger, { from: 'consensus', to: 'service', millicores: 1n }),
      then: SHIFT_TOO_LARGE,
    },
    {
      what: 'a maintainer’s program shifts what the vote lets it shift at once [6.2.2-c, I.2-8]',
      given: declared,
      when: (ledger) => shift(ledger, { millicores: 1_000n }, SECOND, PROGRAM),
      then: ['SharesShifted'],
    },
    {
      what: 'and not a thousandth of a core more, which the maintainer itself may',
      given: declared,
      when: (ledger) => shift(ledger, { millicores: 1_001n }, SECOND, PROGRAM),
      then: SHIFT_NOT_AUTOMATIC,
    },
    {
      what: 'what cannot be shifted at all is said before',
      given: declared,
      when: (ledger) => shift(ledger, { millicores: 2_001n }, SECOND, PROGRAM),
      then: SHIFT_TOO_LARGE,
    },
    {
      what: 'where the vote lets programs shift none, one thousandth is too much',
      given: () => {
        const ledger = declared();
        ledger.setParameter('automaticShiftMilli', 0n);
        return ledger;
      },
      when: (ledger) => shift(ledger, { millicores: 1n }, SECOND, PROGRAM),
      then: SHIFT_NOT_AUTOMATIC,
    },
    {
      what: 'a program of somebody who is no maintainer shifts nothing',
      given: declared,
      when: (ledger) => shift(ledger, {}, PROVIDER, PROGRAM),
      then: NETWORK_ROLE_REQUIRED,
    },
  ]);

  test('an event tells by whom and why, and the shares after it; what came to consensus goes back [6.2.2-c]', () => {
    const ledger = declared();
    const facts = {
      node: NODE,
      operator: PROVIDER,
      by: FIRST,
      key: 0n,
      from: 'service',
      to: 'consensus',
      millicores: 1_000n,
    };
    const after = { consensusMillicores: 2_000n, serviceMillicores: 1_000n, reserveMillicores: 1_500n };
    const [event] = shift(ledger, {}, FIRST).events;
    expect(event).toMatchObject({ ...facts, ...after, reason: 'Blocks are slow', atMs: ledger.nowMs });
    expect(sharesOf(ledger)).toEqual({ ...after, consensusDeclared: 1_000n });
    const back = { from: 'consensus', to: 'reserve' };
    expect(shift(ledger, { ...back, millicores: 1_001n }).code).toBe(SHIFT_TOO_LARGE);
    expect(shift(ledger, { ...back, millicores: 1_000n }).code).toBe(0);
    expect(sharesOf(ledger)).toMatchObject({ consensusMillicores: 1_000n, reserveMillicores: 2_500n });
    expect(brokenInvariants(ledger.state)).toEqual([]);
  });

  test('an event of a program’s shift names its key, and its sentence says that it was a program [6.2.2-c]', () => {
    const ledger = declared();
    const [event] = shift(ledger, { from: 'reserve', to: 'service' }, SECOND, PROGRAM).events;
    expect(event).toMatchObject({ by: SECOND, key: PROGRAM });
    const { says } = nodeDefinition.events.SharesShifted;
    expect(says(event as never, { method: () => undefined, order: String } as never)).toMatch(/^A program of /);
    expect(says({ ...(event as object), key: 0n } as never, {} as never)).not.toMatch(/program/);
  });

  test('a new declaration takes the place of shifts', () => {
    const ledger = declared();
    shift(ledger);
    declare(ledger, { consensusMillicores: 0n, serviceMillicores: 4_000n, reserveMillicores: 0n });
    expect(sharesOf(ledger)).toEqual({
      consensusMillicores: 0n,
      serviceMillicores: 4_000n,
      reserveMillicores: 0n,
      consensusDeclared: 0n,
    });
  });

  test('thousandths are said in cores', () => {
    const { says } = nodeDefinition.events.SharesDeclared;
    const of = { consensusMillicores: 1_000n, serviceMillicores: 2_500n, reserveMillicores: 0n };
    expect(
      says({ node: 5n, operator: 1n, atMs: 0n, ...of }, { method: () => undefined, order: String } as never),
    ).toContain('1 core to consensus, 2.5 cores to service, and holds 0 cores in reserve');
  });
});
