import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import {
  codeDefinitions,
  findEvent,
  findMethod,
  methods,
  type ContractEvent,
  type MethodName,
} from '#ledger/contracts/definitions.ts';
import { grantRole } from '#ledger/contracts/account/contract.ts';
import { packEntries } from '#ledger/contracts/credit/digest.ts';
import { brokenInvariants } from '#ledger/contracts/invariants.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { standingChanged } from '#ledger/contracts/prose/contract.ts';
import { proseEvent } from '#ledger/contracts/prose/definition.ts';
import { readStanding } from '#ledger/contracts/prose/record.ts';
import { boundOf, structFields, type Fields } from '#ledger/contracts/shared/fields.ts';
import { evolve } from '#ledger/contracts/registry.ts';
import { orderName } from '#ledger/contracts/shared/sentence-words.ts';
import { anyArgs, anyChange } from '#ledger/contracts/testing/arbitrary-args.ts';
import {
  BROKER,
  MACHINES,
  batchArgs,
  chooseArgs,
  demandArgs,
  publishDemand,
  withMarket,
} from '#ledger/contracts/testing/market.ts';
import { identify, publishRelay, relayOrder } from '#ledger/contracts/testing/relays.ts';
import { HOUR_MS, filled, places, quantities, runs } from '#ledger/contracts/testing/samples.ts';
import { storingRules } from '#ledger/contracts/testing/storing-rules.ts';
import {
  AGENT_KEY,
  CUSTOMER,
  NODES,
  PROVIDER,
  TestLedger,
  applyArgs,
  backup,
  orderArgs,
  part,
  reviseArgs,
} from '#ledger/contracts/testing/test-ledger.ts';
import { VOUCHER_KEY, VOUCHER_SECRET, voucherArgs } from '#ledger/contracts/testing/vouchers.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { quickCrypto } from './testing/quick-crypto.ts';
import { TestNetwork } from './testing/test-network.ts';

const codes = new Set(codeDefinitions.map(({ code }) => code));

const [FIRST, SECOND] = NODES;
const IDS = { order: 1n, stored: 2n, part: 3n, ran: 4n } as const;
/** A demand whose task runs, and one whose plans can be chosen. */
const DEMANDS = { running: 1n, open: 2n, waiting: 3n } as const;

/**
 * A ledger with something in every state: an active order with an open request, an ended one that still stores something, a reserved part
 * with a backup, a task that runs, a demand with plans, a proposal of every kind, a key.
 */
const template = ((): TestLedger => {
  const ledger = new TestLedger(
    { planMs: 3_600_000n, openAgreementsMax: 50n },
    storingRules({ resource: 1n, graceMs: 10_000n }),
  ).publish({}, places(4n));
  ledger.publishAnother('second', {}, places(4n));
  ledger.run(CUSTOMER, 'Apply', applyArgs());
  ledger.run(PROVIDER, 'Prepare', { agreement: IDS.order, startsAtMs: ledger.nowMs, descriptor: filled(5) });
  ledger.run(CUSTOMER, 'RequestReissue', { agreement: IDS.order, encryptionKey: filled(4) });
  ledger.run(CUSTOMER, 'Apply', applyArgs());
  ledger.run(PROVIDER, 'Prepare', { agreement: IDS.stored, startsAtMs: ledger.nowMs, descriptor: filled(5) });
  ledger.wait(1_000n);
  ledger.run(CUSTOMER, 'EndAgreement', { agreement: IDS.stored, reason: 'done' });
  ledger.wait(59_000n);
  ledger.run(CUSTOMER, 'PlaceOrder', orderArgs([part({ backup: [backup()] })]));
  ledger.wait(5_000n);
  withMarket(ledger, [{ slots: 2n }, { slots: 2n }, { slots: 6n, slotMicro: 9_000_000n }]);
  const { demand, plans } = publishDemand(ledger, { durationMs: HOUR_MS });
  ledger.run(CUSTOMER, 'ChoosePlan', chooseArgs(demand, plans[0]!));
  ledger.run(MACHINES[0], 'Prepare', { agreement: IDS.ran, startsAtMs: ledger.nowMs, descriptor: filled(5) });
  ledger.run(CUSTOMER, 'RequestRole', { role: 'NRP' });
  ledger.run(FIRST, 'ProposeParameter', { parameter: 'contestMs', value: 7n });
  ledger.run(FIRST, 'ProposeGrant', { to: CUSTOMER, amountMicro: 1n });
  ledger.run(FIRST, 'ProposeValidator', ledger.validatorOffer(5));
  ledger.run(SECOND, 'Vote', { proposal: 1n, approve: true });
  return ledger;
})();
const offered = publishDemand(template).plans[0]!;
template.run(CUSTOMER, 'PublishDemand', batchArgs());
/** A whole interval of the order that runs. */
const claimedUntilMs = template.nowMs - 5_000n;
/** An order that has ended and whose channel is open. */
const CLOSING = (
  template.run(CUSTOMER, 'Apply', applyArgs({ resource: 2n, voucherKey: VOUCHER_KEY })).data as { agreement: bigint }
).agreement;
template.run(PROVIDER, 'Prepare', { agreement: CLOSING, startsAtMs: template.nowMs, descriptor: filled(5) });
template.wait(1n);
template.run(CUSTOMER, 'EndAgreement', { agreement: CLOSING, reason: 'done' });
for (const nodeProvider of [FIRST, SECOND])
  template.run(BROKER, 'SendNotice', { demand: DEMANDS.open, provider: MACHINES[0], nodeProvider, kind: 'computing' });
template.run(SECOND, 'RelayNotice', { notice: 2n, passes: true });

// Nodes 5 to 7, of keys of the three machines' owners: on probation; registered; suspended, and heard since. The last key serves nothing, so that everything stays on offer.
template.run(MACHINES[2], 'AuthorizeKey', {
  ...template.keyOffer(72, MACHINES[2]),
  label: 'idle',
  methods: ['UpdateNode'],
  resources: [],
  spendingCapMicro: 0n,
  expiresAtMs: template.nowMs + 24n * HOUR_MS,
});
MACHINES.forEach((operator, index) => {
  const said = { class: 'service', name: 'agent', software: '1.4.0', endpoint: '' };
  template.run(operator, 'RegisterNode', said, { key: index === 2 ? 2n : 1n });
  if (index !== 1) template.run(FIRST, 'AdmitNode', { node: 5n + BigInt(index) });
});
template.run(FIRST, 'ReportNode', { node: 7n, cause: 'overloaded', sinceMs: template.nowMs });
template.run(MACHINES[2], 'UpdateNode', { software: '1.4.1', endpoint: '' }, { key: 2n });
const HOST = { node: 5n, consensusMillicores: 1_000n, serviceMillicores: 2_000n, reserveMillicores: 1_000n };
template.run(MACHINES[0], 'DeclareShares', HOST);

const MAINTAINER = SECOND;
evolve(template.state, grantRole(MAINTAINER, 'NRNSM', 0n));
// Incident 1 is about a node that has a command to answer, 2 and 3 are looked after, 4 waits to be acknowledged.
for (const node of [5n, 6n, 2n, 7n])
  template.run(MAINTAINER, 'OpenIncident', { node, cause: 'other-fault', detectedMs: template.nowMs });
for (const incident of [1n, 2n, 3n]) template.run(MAINTAINER, 'AcknowledgeIncident', { incident });
const SOON_MS = template.nowMs + 60_000n;
template.run(MAINTAINER, 'CommandRepair', { incident: 1n, command: 're-test', expiresAtMs: SOON_MS });

const IDENTIFIER = FIRST;
evolve(template.state, grantRole(IDENTIFIER, 'NO', 0n));
template.run(IDENTIFIER, 'OfferIdentification', { sealingKey: filled(9) });
// The customer is identified; a machine's owner and the provider wait.
const VALID_MS = template.nowMs + HOUR_MS;
const verdict = (subject: bigint) => ({ subject, commitment: filled(12) });
const attested = { subscriber: filled(13), level: 'compared', endsAtMs: VALID_MS };
for (const subject of [CUSTOMER, MACHINES[0], PROVIDER])
  template.run(subject, 'ApplyIdentity', { operator: IDENTIFIER, commitment: filled(12) });
template.run(IDENTIFIER, 'AttestIdentity', { ...verdict(CUSTOMER), ...attested });

// Two relays of the provider, whom another operator has identified; one is in the pool, and a session of it is recorded.
const POOL_OPERATOR = SECOND;
evolve(template.state, grantRole(POOL_OPERATOR, 'NO', 0n));
template.run(POOL_OPERATOR, 'OfferIdentification', { sealingKey: filled(9) });
template.run(PROVIDER, 'WithdrawIdentity', { operator: IDENTIFIER });
identify(template, { subject: PROVIDER, operator: POOL_OPERATOR });
template.run(PROVIDER, 'ApplyIdentity', { operator: IDENTIFIER, commitment: filled(12) });
const [JOINED, OUTSIDE] = ['relay', 'second-relay'].map(
  (sourceId) => (publishRelay(template, sourceId).data as { resource: bigint }).resource,
) as [bigint, bigint];
template.run(PROVIDER, 'JoinPool', { resource: JOINED });
template.run(POOL_OPERATOR, 'PublishTariff', { microPerMinute: 1n, budgetMicro: 1_000n });
const RUNNING = (template.run(CUSTOMER, 'Apply', relayOrder({ resource: JOINED })).data as { agreement: bigint })
  .agreement;
const USED = (template.run(CUSTOMER, 'Apply', relayOrder({ resource: JOINED })).data as { agreement: bigint })
  .agreement;
template.run(CUSTOMER, 'EndAgreement', { agreement: USED, reason: 'no-longer-needed' });
// The rules of a store decide agreements here, past what the registry makes of a settlement: so its record is written as that would.
evolve(
  template.state,
  proseEvent('SessionRecorded', {
    agreement: USED,
    resource: JOINED,
    serviceNode: PROVIDER,
    userNode: CUSTOMER,
    operator: POOL_OPERATOR,
    startMs: 0n,
    sessionMs: 0n,
    keptPerMille: 0n,
    inputBytes: 0n,
    outputBytes: 0n,
    terminateCause: 'User-Request',
    isDisconnect: false,
    paidMs: 0n,
    dueMicro: 0n,
    atMs: template.nowMs,
  }),
);
const LINE = { roundTripMs: 1n, jitterMs: 0n, bytesPerS: 1n, lossPerMille: 0n };
evolve(template.state, standingChanged(PROVIDER, { ...readStanding(template.state, PROVIDER), sessions: 1n }));

type Sender = readonly [account: bigint, key: bigint];
const OWNER: Sender = [PROVIDER, 0n];
const AGENT: Sender = [PROVIDER, AGENT_KEY];
const BUYER: Sender = [CUSTOMER, 0n];
const VOTER: Sender = [FIRST, 0n];
const RUNNER: Sender = [MACHINES[0], 1n];
const RUNNER_OWNER: Sender = [MACHINES[0], 0n];

/** What a sound transaction of each method says and who sends it: the way past the first guards. */
const SOUND: Readonly<Record<MethodName, readonly [Sender, Args]>> = {
  CreateAccount: [OWNER, { owner: filled(70, 20), profileCommitment: filled(1), encryptionKey: filled(9) }],
  AuthorizeKey: [
    OWNER,
    {
      ...template.keyOffer(60, PROVIDER),
      label: 'k',
      methods: ['Transfer'],
      resources: [],
      spendingCapMicro: 1n,
      expiresAtMs: template.nowMs + 1n,
    },
  ],
  RevokeKey: [OWNER, { revokedKey: AGENT_KEY }],
  SetEncryptionKey: [BUYER, { encryptionKey: filled(9) }],
  UpdateProfile: [BUYER, { profileCommitment: filled(9) }],
  Transfer: [BUYER, { to: PROVIDER, amountMicro: 1n }],
  PublishResource: [OWNER, template.publishArgs({ sourceId: 'third' })],
  SuspendResource: [AGENT, { resource: 1n, reason: 'owner-decision' }],
  ResumeResource: [OWNER, { resource: 1n }],
  RetireResource: [OWNER, { resource: 1n }],
  ReviseStrategy: [OWNER, reviseArgs()],
  Apply: [BUYER, applyArgs({ continues: IDS.order })],
  PlaceOrder: [BUYER, orderArgs([part({ backup: [backup()] }), part({ resource: 2n })])],
  Prepare: [AGENT, { agreement: IDS.part, startsAtMs: template.nowMs, descriptor: filled(5) }],
  RequestReissue: [BUYER, { agreement: IDS.order, encryptionKey: filled(8) }],
  Reissue: [AGENT, { agreement: IDS.order, issue: 2n, descriptor: filled(5) }],
  ReportErasure: [AGENT, { agreement: IDS.stored }],
  EndAgreement: [OWNER, { agreement: IDS.part, reason: 'withdrawn' }],
  ClaimUsage: [
    AGENT,
    {
      agreement: IDS.order,
      used: quantities({ calls: 1n }),
      runs: runs(['kept', 1]),
      untilMs: claimedUntilMs,
    },
  ],
  CloseChannel: [AGENT, voucherArgs({ agreement: CLOSING }, { secret: VOUCHER_SECRET, network: template.network })],
  ContestClaim: [BUYER, { agreement: IDS.order, reason: 'not-served' }],
  RequestRole: [BUYER, { role: 'NRB' }],
  ProposeParameter: [VOTER, { parameter: 'deliveryMs', value: 7n }],
  ProposeGrant: [VOTER, { to: PROVIDER, amountMicro: 1n }],
  ProposeValidator: [VOTER, template.validatorOffer(6)],
  ProposeValidatorRemoval: [VOTER, { node: 1n }],
  Vote: [VOTER, { proposal: 1n, approve: true }],
  ProposeContractVersion: [VOTER, { contractName: 'token', newVersion: 2n, digest: filled(78) }],
  ProposeAlgorithmRefusal: [VOTER, { algorithm: filled(77), reason: 'malicious' }],
  ProposeAccessRules: [VOTER, { rules: [{ rule: 'node.isTls', sentence: 'It uses TLS.' }] }],
  RegisterNode: [AGENT, { class: 'service', name: 'A', software: '0.1.0', endpoint: 'https://agent.example:8443' }],
  UpdateNode: [RUNNER, { software: '1.5.0', endpoint: 'https://agent.example' }],
  AdmitNode: [VOTER, { node: 6n }],
  ReportNode: [VOTER, { node: 5n, cause: 'not-reachable', sinceMs: template.nowMs }],
  RestoreNode: [VOTER, { node: 7n }],
  RetireNode: [RUNNER_OWNER, { node: 5n }],
  DeclareShares: [RUNNER_OWNER, { ...HOST, serviceMillicores: 3_000n }],
  ShiftShares: [VOTER, { node: 5n, from: 'reserve', to: 'service', millicores: 500n, reason: 'Runs wait.' }],
  RecordDigest: [
    [MAINTAINER, 0n],
    {
      epoch: template.nowMs / 60_000n - 1n,
      entries: packEntries([{ node: 5n, online: 990, activity: 3, probesFailed: 10 }]),
      root: filled(3),
    },
  ],
  OpenIncident: [[MAINTAINER, 0n], { node: 1n, cause: 'not-reachable', detectedMs: template.nowMs }],
  AcknowledgeIncident: [[MAINTAINER, 0n], { incident: 4n }],
  CommandRepair: [[MAINTAINER, 0n], { incident: 2n, command: 're-test', expiresAtMs: SOON_MS }],
  AnswerRepair: [RUNNER, { incident: 1n, step: 1n, outcome: 'done', text: 'All of it fits.' }],
  RecordRepairStep: [[MAINTAINER, 0n], { incident: 3n, step: 'inspected', outcome: 'done', text: '' }],
  OfferIdentification: [VOTER, { sealingKey: filled(9) }],
  ApplyIdentity: [BUYER, { operator: IDENTIFIER, commitment: filled(14) }],
  WithdrawIdentity: [OWNER, { operator: IDENTIFIER }],
  AttestIdentity: [VOTER, { ...verdict(MACHINES[0]), ...attested, subscriber: filled(15) }],
  RefuseIdentity: [VOTER, { ...verdict(MACHINES[0]), fields: ['name'] }],
  RevokeIdentity: [VOTER, { subject: CUSTOMER, reason: 'misuse' }],
  PublishTariff: [VOTER, { microPerMinute: 2n, budgetMicro: 3n }],
  JoinPool: [OWNER, { resource: OUTSIDE }],
  LeavePool: [OWNER, { resource: JOINED }],
  MeasureSession: [AGENT, { agreement: RUNNING, ...LINE }],
  EvaluateSession: [BUYER, { agreement: USED, score: 5n, ...LINE }],
  CloseIncident: [[MAINTAINER, 0n], { incident: 3n, outcome: 'restored', text: 'It votes again.' }],
  PublishDemand: [BUYER, demandArgs()],
  WithdrawDemand: [BUYER, { demand: DEMANDS.open }],
  ChoosePlan: [BUYER, chooseArgs(DEMANDS.open, offered)],
  ProposePlan: [[BROKER, 0n], { demand: DEMANDS.open, parts: offered.parts, shares: offered.shares, feeMicro: 1n }],
  ProposeMatch: [[BROKER, 0n], { pairs: [{ demand: DEMANDS.waiting, resource: 5n }] }],
  SendNotice: [[BROKER, 0n], { demand: DEMANDS.open, provider: MACHINES[1], nodeProvider: FIRST, kind: 'computing' }],
  RelayNotice: [VOTER, { notice: 1n, passes: true }],
  AnswerNotice: [[MACHINES[0], 0n], { notice: 2n, answer: 'declined', resource: 0n }],
  CancelTask: [BUYER, { demand: DEMANDS.running }],
  StartRange: [RUNNER, { agreement: IDS.ran, demand: DEMANDS.running, range: 0n }],
  FinishRange: [
    RUNNER,
    {
      agreement: IDS.ran,
      demand: DEMANDS.running,
      range: 0n,
      failed: 0n,
      cpuMs: 1n,
      inputRoot: filled(1),
      resultRoot: filled(2),
    },
  ],
  FailRange: [RUNNER, { agreement: IDS.ran, demand: DEMANDS.running, range: 0n, fault: 'machine-trouble' }],
};

const anyone = fc.constantFrom(OWNER, AGENT, BUYER, VOTER, [SECOND, 0n] as const);

/** Anything by anybody, or a sound transaction with some fields, or one place however deep, of anything. */
function hostile(name: MethodName, fields: Fields): fc.Arbitrary<readonly [Sender, Args]> {
  const any = anyArgs(fields);
  const [sender, sound] = SOUND[name];
  const changed = fc
    .tuple(any, fc.subarray(Object.keys(fields)))
    .map(([args, names]) => ({ ...sound, ...Object.fromEntries(names.map((each) => [each, args[each]!])) }));
  const whoever = fc.oneof({ weight: 4, arbitrary: fc.constant(sender) }, anyone);
  return fc.tuple(whoever, fc.oneof(any, changed, { weight: 3, arbitrary: anyChange(sound) }));
}

function sentenceOf(event: ContractEvent): string | undefined {
  return findEvent(event)?.says(event as never, { method: findMethod, order: orderName });
}

describe('well-formed arguments of any meaning', () => {
  test.each(methods)('$name succeeds when it is sound, so that what is changed of it is what is tried', ({ name }) => {
    const [[account, key], args] = SOUND[name];
    const ledger = template.fork();
    if (name === 'ResumeResource') ledger.run(PROVIDER, 'SuspendResource', { resource: 1n, reason: 'owner-decision' });
    if (name === 'ProposeValidatorRemoval') {
      ledger.run(FIRST, 'Vote', { proposal: 4n, approve: true });
      ledger.run(SECOND, 'Vote', { proposal: 4n, approve: true });
      ledger.wait(1_000_000n);
    }
    expect(ledger.run(account, name, args, name === 'CreateAccount' ? { signer: filled(70, 20) } : { key }).code).toBe(
      0,
    );
  });

  test.each(methods)(
    '$name is decided with events or one of its codes, never with an exception, and every invariant holds',
    ({ name, definition }) => {
      const time = fc.constantFrom(0n, 6_000n, 3_700_000n);
      fc.assert(
        fc.property(hostile(name, definition.fields), time, ([[account, key], args], afterMs) => {
          const ledger = template.fork();
          const before = ledger.state.bytes();
          const signer = name === 'CreateAccount' ? (args.owner as Uint8Array) : undefined;
          const outcome = ledger.run(account, name, args, signer === undefined ? { key } : { key, signer });
          if (outcome.code === 0) {
            expect(outcome.events.length).toBeGreaterThan(0);
            for (const event of outcome.events) expect(sentenceOf(event)).toMatch(/\.$/u);
          } else {
            expect(codes.has(outcome.code)).toBe(true);
            expect(ledger.state.bytes()).toEqual(before);
          }
          ledger.wait(afterMs);
          expect(brokenInvariants(ledger.state)).toEqual([]);
        }),
        { numRuns: 150 },
      );
    },
  );
});

/** True when a number stands above the bound of its type, by a walk of its own. */
function exceeds(type: string, value: unknown): boolean {
  if (type.endsWith('[]')) return (value as unknown[]).some((item) => exceeds(type.slice(0, -2), item));
  const inner = structFields(type);
  if (inner !== undefined)
    return Object.entries(inner).some(([name, of]) => exceeds(of as string, (value as Record<string, unknown>)[name]));
  const bound = boundOf(type);
  return bound !== undefined && (value as bigint) > bound;
}

describe('numbers that some reader could not hold', () => {
  const net = new TestNetwork(quickCrypto);
  const check = (bytes: Uint8Array): number => net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false }).code;

  test.each(methods.filter(({ name }) => name !== 'CreateAccount'))(
    '$name answers 19 exactly when one stands somewhere in it',
    ({ name, definition }) => {
      const context = { height: 1n, timeMs: net.nowMs, bytesMax: 1 << 20 };
      fc.assert(
        fc.property(anyArgs(definition.fields, { unbounded: true }), (args) => {
          // A text with half a surrogate pair has no UTF-8 of its own.
          fc.pre(JSON.stringify(args, (_, each: unknown) => (typeof each === 'bigint' ? '' : each)).length < 12_000);
          const isOver = Object.entries(definition.fields).some(([field, type]) => exceeds(type, args[field]));
          const bytes = net.sign(net.customer, name, args, { nonce: 0n });
          const code = check(bytes);
          expect(code === admissionCodes.OUT_OF_BOUNDS).toBe(isOver && code !== admissionCodes.MALFORMED);
          if (isOver) expect(net.machine.processProposal([bytes], context)).toBe(false);
        }),
        { numRuns: 60 },
      );
    },
  );

  test.each([
    ['Apply', 'amounts', quantities({ calls: 1n << 53n })],
    ['Apply', 'holdMicro', 1n << 63n],
    ['Apply', 'durationMs', 315_360_000_000_001n],
    ['PlaceOrder', 'parts', [part({ amounts: quantities({ calls: 1n << 53n }) })]],
    ['PlaceOrder', 'parts', [part({ backup: [backup({ resource: 1n << 48n })] })]],
    ['ReviseStrategy', 'capacity', quantities({ places: (1n << 64n) - 1n })],
    ['Transfer', 'amountMicro', 1n << 63n],
  ])('%s with a %s of %o is refused at admission, and by every proposal', (name, field, value) => {
    const sound = SOUND[name as MethodName][1];
    const bytes = net.sign(net.customer, name, { ...sound, [field]: value } as Args, { nonce: 1n });
    expect(check(bytes)).toBe(admissionCodes.OUT_OF_BOUNDS);
    const context = { height: 1n, timeMs: net.nowMs, bytesMax: 1 << 20 };
    expect(net.machine.processProposal([bytes], context)).toBe(false);
    expect(net.machine.prepareProposal([bytes], context)).toEqual([]);
  });
});
