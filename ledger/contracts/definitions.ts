import type { Method } from '#ledger/core/transaction.ts';
import { accountDefinition } from './account/definition.ts';
import { agreementDefinition } from './agreement/definition.ts';
import { channelDefinition } from './channel/definition.ts';
import { creditDefinition } from './credit/definition.ts';
import { demandDefinition } from './demand/definition.ts';
import { governanceDefinition } from './governance/definition.ts';
import { identityDefinition } from './identity/definition.ts';
import { incentiveDefinition } from './incentive/definition.ts';
import { machineDefinition } from './machine/definition.ts';
import { nodeDefinition } from './node/definition.ts';
import { planDefinition } from './plan/definition.ts';
import { proseDefinition } from './prose/definition.ts';
import { resourceDefinition } from './resource/definition.ts';
import { settlementDefinition } from './settlement/definition.ts';
import { securityDefinition } from './security/definition.ts';
import type {
  ArgsOf,
  CodeDefinition,
  ContractDefinition,
  EventDefinition,
  EventOf,
  MethodDefinition,
  MethodNameOf,
  ParameterDefinition,
} from './shared/definition.ts';
import { typedDataTypes } from './shared/fields.ts';
import { FOUNDING_VERSION } from './shared/version-digest.ts';
import { strategyDefinition } from './strategy/definition.ts';
import { tokenDefinition } from './token/definition.ts';

/** Every contract, the machine's own records first: the one list. What else names a contract, a method, an event or a code derives from it. */
export const definitions = {
  machine: machineDefinition,
  account: accountDefinition,
  token: tokenDefinition,
  resource: resourceDefinition,
  strategy: strategyDefinition,
  agreement: agreementDefinition,
  settlement: settlementDefinition,
  governance: governanceDefinition,
  node: nodeDefinition,
  identity: identityDefinition,
  credit: creditDefinition,
  demand: demandDefinition,
  plan: planDefinition,
  channel: channelDefinition,
  prose: proseDefinition,
  security: securityDefinition,
  incentive: incentiveDefinition,
} as const;

type Definitions = typeof definitions;
export type ContractName = keyof Definitions;

/** Every event of every contract, in the versions in force. */
export type ContractEvent = { [Name in ContractName]: EventOf<Definitions[Name]> }[ContractName];

/** Every method's arguments by the method's name. */
export type MethodArgs = Flat<
  ToIntersection<
    { [Name in ContractName]: { [M in MethodNameOf<Definitions[Name]>]: ArgsOf<Definitions[Name], M> } }[ContractName]
  >
>;
export type MethodName = keyof MethodArgs & string;

type ToIntersection<Union> = (Union extends unknown ? (each: Union) => void : never) extends (each: infer All) => void
  ? All
  : never;
type Flat<T> = { [Name in keyof T]: T[Name] };

/** Every figure that genesis sets and votes change. */
export type Parameter = { [Name in ContractName]: keyof Definitions[Name]['parameters'] & string }[ContractName];

const contracts: readonly ContractDefinition[] = Object.values(definitions);

/** A method with its name and the contract that owns it. */
export interface NamedMethod extends Method {
  readonly name: MethodName;
  readonly definition: MethodDefinition;
}

export const methods: readonly NamedMethod[] = contracts.flatMap(({ id, methods: own }) =>
  Object.entries(own).map(([name, definition]) => ({
    name: name as MethodName,
    contract: id,
    types: typedDataTypes(name, definition.fields),
    definition,
  })),
);

const methodsByName = new Map<string, NamedMethod>(methods.map((method) => [method.name, method]));

/** A method of this version; undefined when there is none of that name. */
export function findMethod(name: string): NamedMethod | undefined {
  return methodsByName.get(name);
}

/** A method whose name the compiler has checked. */
export function methodOf(name: MethodName): NamedMethod {
  return methodsByName.get(name)!;
}

/**
 * True for events of a version that this program can read: its newest or an earlier one. An event's fields never change under one name; a
 * version that needs others names another event.
 */
export function isReadable(newest: bigint, version: unknown): boolean {
  return typeof version === 'bigint' && version >= FOUNDING_VERSION && version <= newest;
}

/** An event's definition; undefined when this program knows no such event. */
export function findEvent(event: {
  readonly contract: unknown;
  readonly version: unknown;
  readonly type: unknown;
}): EventDefinition | undefined {
  const { contract, version, type } = event;
  if (typeof contract !== 'string' || typeof type !== 'string' || !Object.hasOwn(definitions, contract))
    return undefined;
  const definition: ContractDefinition = definitions[contract as ContractName];
  return isReadable(definition.version, version) && Object.hasOwn(definition.events, type)
    ? definition.events[type]
    : undefined;
}

/** Numbers, statuses and sentences of every code. */
export const codeDefinitions: readonly CodeDefinition[] = contracts.flatMap(({ codes }) => Object.values(codes));

const contractsByCode = new Map<number, ContractName>(
  Object.entries(definitions as Readonly<Record<string, ContractDefinition>>).flatMap(([name, { codes }]) =>
    Object.values(codes).map(({ code }) => [code, name as ContractName] as const),
  ),
);

/** The contract that refuses with this code: no two have one; undefined for a code of another version. */
export function contractOfCode(code: number): ContractName | undefined {
  return contractsByCode.get(code);
}

const parameterEntries = contracts.flatMap(
  ({ parameters }) => Object.entries(parameters) as [Parameter, ParameterDefinition][],
);

/** Names of the parameters, in the order in which the state keeps them. */
export const PARAMETERS: readonly Parameter[] = parameterEntries
  .toSorted(([, left], [, right]) => left.id - right.id)
  .map(([name]) => name);

const parametersByName = new Map<string, ParameterDefinition>(parameterEntries);

export function parameterDefinition(name: Parameter): ParameterDefinition {
  return parametersByName.get(name)!;
}

/** True for the name of a parameter. */
export function isParameter(name: string): name is Parameter {
  return parametersByName.has(name);
}

/** True for a value that genesis or a vote may set. */
export function isWithinBounds(name: Parameter, value: bigint): boolean {
  const { min, max } = parameterDefinition(name);
  return value >= min && value <= max;
}
