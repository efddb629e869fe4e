import { describe, expect, test } from 'vitest';
import { CAPACITY_CODES, agreementDefinition } from './agreement/definition.ts';
import { ballots } from './ballots.ts';
import { PARAMETERS, codeDefinitions, definitions, methods, parameterDefinition } from './definitions.ts';
import { kinds } from './kinds/kinds.ts';
import type { Kind } from './kinds/kind.ts';
import { isInScope } from './registry.ts';
import { SUBJECT_KINDS, type ContractDefinition } from './shared/definition.ts';
import { BOUNDED, isInteger, structFields, type FieldType, type Fields } from './shared/fields.ts';
import { structs } from './shared/structs.ts';
import { CUSTOMER, TestLedger, applyArgs } from './testing/test-ledger.ts';

const contracts: readonly ContractDefinition[] = Object.values(definitions);
const events = contracts.flatMap(({ name, events: own }) =>
  Object.entries(own).map(([type, definition]) => ({ name: `${name}/${type}`, ...definition })),
);
const listed = (value: string | readonly string[]): readonly string[] => (typeof value === 'string' ? [value] : value);

/** Numbers that no type bounds, each with what keeps it below 2^53. */
const UNBOUNDED: Readonly<Record<string, string>> = {
  'ProposeParameter.value': 'a value beyond the bounds of its parameter is refused, and theirs end at 2^40',
  'governance/ParameterChanged.from': 'a parameter is within its bounds',
  'governance/ParameterChanged.to': 'a parameter is within its bounds',
  'governance/ContractVersionActivated.height': 'a height that was reached, a block each',
  'governance/ProposalDecided.approvals': 'counts votes of accounts',
  'governance/ProposalDecided.rejections': 'counts votes of accounts',
  'governance/ProposalDecided.electorate': 'counts accounts',
  'node/ValidatorSetChanged.members': 'there are at most 64 nodes',
  'node/NodeRemovalDropped.members': 'there are at most 64 nodes',
  'node/EquivocationRecorded.height': 'a height that was reached, a block each',
  'node/EquivocationRecorded.equivocations': 'counts items that blocks held',
  'FailedCondition.index': 'from −1 to the nineteen of a strategy’s last condition',
};

function bareNumbers(owner: string, fields: Fields): string[] {
  const isBare = (type: FieldType): boolean => typeof type === 'string' && /^u?int64/.test(type);
  return Object.entries(fields).flatMap(([name, type]) => (isBare(type) ? [`${owner}.${name}`] : []));
}

describe('definitions', () => {
  test('bound every number that readers hold as a JavaScript number, but for those that something else bounds', () => {
    const bare = [
      ...methods.flatMap(({ name, definition }) => bareNumbers(name, definition.fields)),
      ...events.flatMap(({ name, fields }) => bareNumbers(name, fields)),
      ...Object.entries(structs).flatMap(([name, fields]) => bareNumbers(name, fields)),
    ];
    expect(bare.toSorted()).toEqual(Object.keys(UNBOUNDED).toSorted());
    for (const name of PARAMETERS) expect(parameterDefinition(name).max <= 1n << 53n).toBe(true);
    const { Micro, ...others } = BOUNDED;
    for (const bound of Object.values(others)) expect(bound <= BigInt(Number.MAX_SAFE_INTEGER)).toBe(true);
    expect(Micro).toBe((1n << 63n) - 1n);
  });

  test('name types that there are: of EIP-712, bounded ones, or shared structs', () => {
    const known = (type: FieldType): boolean => {
      if (typeof type !== 'string') return type.length > 0 && new Set(type).size === type.length;
      const item = type.replace(/\[\]$/, '');
      return isInteger(item) || structFields(item) !== undefined || /^(string|bool|address|bytes|bytes32)$/.test(item);
    };
    const all = [...methods.map(({ definition }) => definition.fields), ...events.map(({ fields }) => fields)];
    for (const fields of [...all, ...Object.values(structs)])
      for (const [name, type] of Object.entries(fields)) expect([name, known(type)]).toEqual([name, true]);
  });

  test('number contracts, methods, codes and parameters once, codes within their contract', () => {
    for (const list of [
      contracts.map(({ id }) => id),
      contracts.map(({ name }) => name),
      methods.map(({ name }) => name),
    ])
      expect(new Set<unknown>(list).size).toBe(list.length);
    for (const [name, { name: own }] of Object.entries(definitions)) expect(own).toBe(name);
    const numbers = codeDefinitions.map(({ code }) => code);
    expect(new Set(numbers).size).toBe(numbers.length);
    for (const { id, codes } of contracts)
      for (const { code } of Object.values(codes)) expect(code > id * 100 && code < (id + 1) * 100).toBe(true);
    // The state keeps a parameter under its id.
    const ids = PARAMETERS.map((name) => parameterDefinition(name).id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const name of PARAMETERS) {
      const { min, max, initial } = parameterDefinition(name);
      expect(min <= initial && initial <= max).toBe(true);
    }
  });

  test('say something in whole sentences', () => {
    const said = [
      ...codeDefinitions.map(({ sentence }) => sentence),
      ...methods.map(({ definition }) => definition.does),
    ];
    for (const sentence of said) expect(sentence).toMatch(/^[A-Z].*[^ ]\.$/u);
  });

  test('give every event a subject, by fields that name one', () => {
    for (const { name, fields, subjects } of events) {
      const named = Object.entries(subjects).flatMap(([kind, of]) =>
        listed(of!).map((field) => [kind, field] as const),
      );
      expect([name, named.length > 0]).toEqual([name, true]);
      for (const [kind, field] of named) {
        expect((SUBJECT_KINDS as readonly string[]).includes(kind)).toBe(true);
        expect([name, field, fields[field]]).toEqual([name, field, 'Id']);
      }
    }
  });

  test('name fields that there are: those with other readers, of a scope, of a question', () => {
    for (const { name, definition } of methods) {
      const { fields, delegation, byVote, fieldReaders = {} } = definition;
      const about = [...(byVote?.about ?? []), ...(typeof byVote?.concerns === 'string' ? [byVote.concerns] : [])];
      const scope = delegation.to === 'any-key' && 'field' in delegation ? [delegation.field] : [];
      for (const field of [...Object.keys(fieldReaders), ...about, ...scope])
        expect([name, field, Object.hasOwn(fields, field)]).toEqual([name, field, true]);
      for (const field of scope) expect(fields[field]).toBe('Id');
    }
    for (const { name, fields, fieldReaders = {} } of events)
      for (const field of Object.keys(fieldReaders)) expect([name, Object.hasOwn(fields, field)]).toEqual([name, true]);
  });

  test('have a ballot for every method that a vote decides, and for no other; nobody delegates one', () => {
    const voted = methods.filter(({ definition }) => definition.byVote !== undefined);
    expect(voted.map(({ name }) => name).toSorted()).toEqual(Object.keys(ballots).toSorted());
    for (const { definition } of voted) expect(definition.delegation.to).toBe('owner-only');
  });
});

describe('kinds of resource', () => {
  const every: [string, Kind][] = Object.entries(kinds);

  test.each(every)('%s: every held meter of its capacity has a code that says when it runs out', (_name, kind) => {
    const codes: readonly number[] = Object.values(agreementDefinition.codes).map(({ code }) => code);
    for (const meter of kind.capacity) expect(codes).toContain(CAPACITY_CODES[meter as keyof typeof CAPACITY_CODES]);
  });

  test.each(every)('%s: capacity is held, limits and use are counted, and all of it is bounded', (_name, kind) => {
    for (const meter of kind.capacity) expect(kind.meters[meter]?.counting).toBe('held');
    for (const meter of [...kind.limits, ...kind.used]) expect(kind.meters[meter]?.counting).toBe('counted');
    for (const list of [kind.capacity, kind.limits, kind.used]) expect(new Set<unknown>(list).size).toBe(list.length);
    for (const { max } of Object.values(kind.meters)) expect(max > 0n && max <= BOUNDED.Amount).toBe(true);
    for (const { max } of Object.values(kind.promises)) expect(max > 0n && max < 1n << 32n).toBe(true);
    for (const name of [...Object.keys(kind.meters), ...Object.keys(kind.promises), ...Object.keys(kind.choices)])
      expect(name).toMatch(/^[a-z][A-Za-z0-9]{0,31}$/);
  });
});

describe('a key that is limited to some resources', () => {
  /** What each delegable method's scope is measured on. Another measure is a decision about who may do what, not an accident. */
  const MEASURED = {
    Transfer: 'spending',
    PublishResource: 'account',
    SuspendResource: 'resource',
    ReviseStrategy: 'resource',
    Apply: 'account',
    PlaceOrder: 'account',
    Prepare: 'agreement',
    RequestReissue: 'agreement',
    Reissue: 'agreement',
    ReportErasure: 'agreement',
    EndAgreement: 'agreement',
    ClaimUsage: 'agreement',
    ContestClaim: 'agreement',
    CloseChannel: 'agreement',
    PublishDemand: 'account',
    WithdrawDemand: 'account',
    SendNotice: 'account',
    RelayNotice: 'account',
    AnswerNotice: 'account',
    ChoosePlan: 'account',
    ProposePlan: 'account',
    ProposeMatch: 'account',
    CancelTask: 'account',
    StartRange: 'agreement',
    FinishRange: 'agreement',
    FailRange: 'agreement',
    RegisterNode: 'account',
    UpdateNode: 'account',
    ReportNode: 'account',
    RestoreNode: 'account',
    DeclareShares: 'account',
    OfferIdentification: 'account',
    AttestIdentity: 'account',
    RefuseIdentity: 'account',
    RevokeIdentity: 'account',
    ShiftShares: 'account',
    RecordDigest: 'account',
    OpenIncident: 'account',
    AcknowledgeIncident: 'account',
    CommandRepair: 'account',
    AnswerRepair: 'account',
    RecordRepairStep: 'account',
    CloseIncident: 'account',
    JoinPool: 'resource',
    LeavePool: 'resource',
    EvaluateSession: 'agreement',
    MeasureSession: 'agreement',
  } as const;
  /** Agreement 1 is on resource 1, agreement 2 on resource 2. */
  const ledger = new TestLedger().reserve();
  ledger.publishAnother('second');
  ledger.run(CUSTOMER, 'Apply', applyArgs({ resource: 2n }));
  const may = (method: string, args: Record<string, bigint>, resources: bigint[]): boolean =>
    isInScope(ledger.state, { method, args, account: 1n, key: 1n, nonce: 0n, validUntilMs: 0n }, resources);

  test('every delegable method is measured as listed, and every other method is the owner’s alone', () => {
    const measured = methods.flatMap(({ name, definition: { delegation } }) =>
      delegation.to === 'any-key' ? [[name, delegation.measuredOn]] : [],
    );
    expect(Object.fromEntries(measured)).toEqual(MEASURED);
  });

  test.each(methods)('$name is in its scope exactly when the definition’s measure is', ({ name, definition }) => {
    const { delegation } = definition;
    if (delegation.to === 'owner-only' || delegation.measuredOn === 'account') {
      expect(may(name, { resource: 1n, agreement: 1n, account: 1n }, [1n, 2n])).toBe(false);
    } else if (delegation.measuredOn === 'spending') {
      expect(may(name, {}, [2n])).toBe(true);
    } else {
      // The other id stands under the other name, to show which of them counts.
      const other = delegation.field === 'resource' ? 'agreement' : 'resource';
      expect(may(name, { [delegation.field]: 1n, [other]: 2n }, [1n])).toBe(true);
      expect(may(name, { [delegation.field]: 1n, [other]: 2n }, [2n])).toBe(false);
      expect(may(name, { [delegation.field]: 9n, [other]: 1n }, [1n])).toBe(false);
      expect(may(name, { [other]: 1n }, [1n])).toBe(false);
    }
  });
});
