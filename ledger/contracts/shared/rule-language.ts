import { celEnv, isCelError, parse, plan } from '@bufbuild/cel';
import type { CborValue } from '#ledger/core/codec.ts';

/** Longest rule, in UTF-16 units. */
export const RULE_LENGTH_MAX = 1_024;

/** Nodes of the parsed tree, each counted as often as the loops around it may run. */
export const RULE_COST_MAX = 2_000;
const NESTING_MAX = 12;
/** Opening brackets in all: closing ones inside of texts would otherwise hide how deep a rule is. */
const BRACKETS_MAX = 64;
const UNARY_RUN_MAX = 4;
const TERNARIES_MAX = 8;
const LITERAL_LENGTH_MAX = 200;
const LIST_LENGTH_MAX = 64;
/** Longest list that a variable can hold: a resource's tags (16) and an account's roles (6) stay below it. */
const VARIABLE_LIST_MAX = 16;
const CACHE_MAX = 4_096;

type Expr = ReturnType<typeof parse>['expr'];
export type RuleType = 'bool' | 'int' | 'string' | 'strings' | 'ints';

/** Integers, texts, yes or no, lists of texts, and records of them, by name. */
export type RuleValues = { readonly [name: string]: CborValue };

export type CompiledRule<Values extends RuleValues> = {
  /** Paths it reads, in order of first appearance. */
  readonly reads: readonly string[];
  /** true, false, or a sentence about what went wrong: a division by zero, an integer beyond 64 bits. */
  readonly holds: (values: Values) => boolean | { readonly error: string };
};

export type RuleFault = 'invalid' | 'too-costly';

/** What is wrong with a rule, for who writes it. `position` counts UTF-16 units from 0; `subject` is the name or the sign that it is about. */
export interface RuleProblem {
  readonly why:
    | 'too-long'
    | 'too-nested'
    | 'too-costly'
    | 'syntax'
    | 'unknown-name'
    | 'unlike-types'
    | 'not-offered'
    | 'no-yes-or-no';
  readonly position?: number;
  readonly subject?: string;
}

/** What the rules of one purpose may read: the type of a path such as `use.durationMs`, or of a name alone; undefined for what there is not. */
export type RuleVocabulary = (path: string) => RuleType | undefined;

export interface RuleLanguage<Values extends RuleValues> {
  /** A rule of the admitted subset of CEL, ready to run; the fault otherwise. The most recent ones are kept. */
  readonly compile: (text: string) => CompiledRule<Values> | RuleFault;
  /** Why `compile` does not admit the text: the first part of it that is wrong; undefined when it does. */
  readonly problem: (text: string) => RuleProblem | undefined;
}

const environment = celEnv({});

/** The one language of rules over another vocabulary: sharing conditions, and the strategy for access to the network. Values are handed over by the first name of their paths. */
export function ruleLanguage<Values extends RuleValues>(vocabulary: RuleVocabulary): RuleLanguage<Values> {
  const cache = new Map<string, CompiledRule<Values> | RuleFault>();
  const compile = (text: string): CompiledRule<Values> | RuleFault => {
    const known = cache.get(text);
    if (known !== undefined) return known;
    const compiled = compileWith(text, vocabulary);
    if (cache.size >= CACHE_MAX) cache.delete(cache.keys().next().value ?? '');
    cache.set(text, compiled);
    return compiled;
  };
  return { compile, problem: (text) => problemWith(text, compile(text), vocabulary) };
}

function compileWith(text: string, vocabulary: RuleVocabulary): CompiledRule<RuleValues> | RuleFault {
  if (text.length > RULE_LENGTH_MAX || !isShallow(text)) return 'too-costly';
  try {
    const parsed = parse(text);
    const walk = walkOf(vocabulary);
    if (typeOf(parsed.expr, walk) !== 'bool') return 'invalid';
    if (walk.cost.total > RULE_COST_MAX) return 'too-costly';
    const run = plan(environment, parsed);
    return { reads: [...walk.reads], holds: (values) => evaluate(run, values) };
  } catch {
    return 'invalid';
  }
}

function problemWith(text: string, compiled: object | RuleFault, vocabulary: RuleVocabulary): RuleProblem | undefined {
  if (typeof compiled !== 'string') return undefined;
  if (text.length > RULE_LENGTH_MAX) return { why: 'too-long' };
  if (!isShallow(text)) return { why: 'too-nested' };
  try {
    const { expr, sourceInfo } = parse(text);
    const walk = walkOf(vocabulary);
    typeOf(expr, walk);
    const { wrong } = walk.first;
    if (wrong === undefined) return { why: compiled === 'too-costly' ? 'too-costly' : 'no-yes-or-no' };
    const position = sourceInfo?.positions[String(wrong.id)];
    return { ...problemOf(wrong, vocabulary), ...(position === undefined ? {} : { position }) };
  } catch (error) {
    const offset: unknown = (error as { location?: { start?: { offset?: unknown } } }).location?.start?.offset;
    return { why: 'syntax', ...(typeof offset === 'number' ? { position: offset } : {}) };
  }
}

/** Signs and functions as people write them: `_==_` → `==`, `@in` → `in`. */
const nameOfCall = (name: string): string => name.replaceAll(/^@|_(?=\W)|(?<=\W)_$/g, '');

/** What the rules know by this name, of whatever types. */
function isCallOffered(name: string): boolean {
  if (['_==_', '_!=_', '_?_:_'].includes(name)) return true;
  return Object.keys(OVERLOADS).some((overload) => overload.replace(/^\./, '').startsWith(`${name}(`));
}

function problemOf(wrong: NonNullable<Expr>, typeOfPath: RuleVocabulary): RuleProblem {
  const { exprKind } = wrong;
  if (exprKind.case === 'identExpr') return { why: 'unknown-name', subject: exprKind.value.name };
  if (exprKind.case === 'selectExpr') {
    const path = pathOf(wrong, walkOf(typeOfPath));
    return path === undefined ? { why: 'not-offered' } : { why: 'unknown-name', subject: path };
  }
  if (exprKind.case !== 'callExpr') return { why: 'not-offered' };
  const { function: name } = exprKind.value;
  return { why: isCallOffered(name) ? 'unlike-types' : 'not-offered', subject: nameOfCall(name) };
}

function evaluate(run: (bindings: never) => unknown, values: RuleValues): boolean | { error: string } {
  const bindings = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, toCel(value)]));
  try {
    const result = run(bindings as never);
    if (typeof result === 'boolean') return result;
    // The library's wording may change with its version, so it stays out of what is hashed.
    return {
      error: isCelError(result) ? 'the rule could not be evaluated with these values' : 'the rule gave no yes or no',
    };
  } catch {
    return { error: 'the rule could not be evaluated with these values' };
  }
}

/** Records as maps, however deep; lists, numbers and texts as they are. */
function toCel(value: CborValue): unknown {
  const isPlain = typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array;
  return isPlain ? value : new Map(Object.entries(value).map(([name, inner]) => [name, toCel(inner as CborValue)]));
}

/** What a rule read, as people see it: by its path; lists with commas between. */
export function valueRead(values: RuleValues, path: string): string {
  let value: unknown = values;
  for (const name of path.split('.')) value = (value as Readonly<Record<string, unknown>>)[name];
  return Array.isArray(value) ? value.join(', ') : String(value);
}

/** Keeps the recursive parser away from texts whose nesting would cost it stack or time, the same on every machine. */
function isShallow(text: string): boolean {
  let depth = 0;
  let brackets = 0;
  let unary = 0;
  let ternaries = 0;
  for (const character of text) {
    if ('([{'.includes(character)) {
      depth += 1;
      brackets += 1;
    }
    if (')]}'.includes(character)) depth -= 1;
    if (character === '?') ternaries += 1;
    unary = character === '!' || character === '-' ? unary + 1 : /\s/.test(character) ? unary : 0;
    if (depth > NESTING_MAX || brackets > BRACKETS_MAX || unary > UNARY_RUN_MAX || ternaries > TERNARIES_MAX)
      return false;
  }
  return true;
}

interface Walk {
  readonly typeOfPath: RuleVocabulary;
  readonly reads: Set<string>;
  /** Types of loop variables. */
  readonly scope: ReadonlyMap<string, RuleType>;
  readonly isLoop: boolean;
  readonly weight: number;
  readonly cost: { total: number };
  /** The innermost part, from the left, that is not admitted. */
  readonly first: { wrong: Expr | undefined };
}

function walkOf(typeOfPath: RuleVocabulary): Walk {
  return {
    typeOfPath,
    reads: new Set(),
    scope: new Map(),
    isLoop: false,
    weight: 1,
    cost: { total: 0 },
    first: { wrong: undefined },
  };
}

/** The expression's type, undefined for whatever is not admitted: doubles, time, conversions, maps, indexing, nested loops, unknown names. */
function typeOf(expr: Expr | undefined, walk: Walk): RuleType | undefined {
  const type = admittedType(expr, walk);
  if (type === undefined) walk.first.wrong ??= expr;
  return type;
}

function admittedType(expr: Expr | undefined, walk: Walk): RuleType | undefined {
  walk.cost.total += walk.weight;
  switch (expr?.exprKind.case) {
    case 'constExpr':
      return typeOfConstant(expr.exprKind.value.constantKind);
    case 'identExpr':
      return typeOfName(expr.exprKind.value.name, walk);
    case 'selectExpr': {
      const { testOnly } = expr.exprKind.value;
      const path = pathOf(expr, walk);
      const type = path === undefined ? undefined : walk.typeOfPath(path);
      if (path !== undefined && type !== undefined) walk.reads.add(path);
      return testOnly && type !== undefined ? 'bool' : type;
    }
    case 'listExpr':
      return typeOfList(expr.exprKind.value.elements, walk);
    case 'callExpr': {
      const { function: name, target, args } = expr.exprKind.value;
      const types = (target === undefined ? args : [target, ...args]).map((part) => typeOf(part, walk));
      return types.includes(undefined) ? undefined : typeOfCall(name, types as RuleType[], target !== undefined);
    }
    case 'comprehensionExpr':
      return typeOfLoop(expr.exprKind.value, walk);
    default:
      return undefined;
  }
}

/** `use.choice.format` of a chain of selections that begins with a name; undefined for every other expression. */
function pathOf(expr: Expr, walk: Walk): string | undefined {
  if (expr?.exprKind.case === 'identExpr')
    return walk.scope.has(expr.exprKind.value.name) ? undefined : expr.exprKind.value.name;
  if (expr?.exprKind.case !== 'selectExpr') return undefined;
  const { operand, field } = expr.exprKind.value;
  const before = operand === undefined ? undefined : pathOf(operand, walk);
  return before === undefined ? undefined : `${before}.${field}`;
}

function typeOfConstant(constant: { case?: string; value?: unknown }): RuleType | undefined {
  if (constant.case === 'boolValue') return 'bool';
  if (constant.case === 'int64Value') return 'int';
  if (constant.case === 'stringValue')
    return (constant.value as string).length <= LITERAL_LENGTH_MAX ? 'string' : undefined;
  return undefined;
}

function typeOfName(name: string, walk: Walk): RuleType | undefined {
  const local = walk.scope.get(name);
  if (local !== undefined) return local;
  const type = walk.typeOfPath(name);
  if (type !== undefined) walk.reads.add(name);
  return type;
}

function typeOfList(elements: readonly Expr[], walk: Walk): RuleType | undefined {
  if (elements.length === 0 || elements.length > LIST_LENGTH_MAX) return undefined;
  if (!elements.every((element) => element.exprKind.case === 'constExpr')) return undefined;
  const types = new Set(elements.map((element) => typeOf(element, walk)));
  if (types.size !== 1) return undefined;
  return types.has('string') ? 'strings' : types.has('int') ? 'ints' : undefined;
}

/** Overloads as `name(types)`; a method's target is its first type. */
const OVERLOADS: Readonly<Record<string, RuleType>> = {
  '!_(bool)': 'bool',
  '@not_strictly_false(bool)': 'bool',
  '-_(int)': 'int',
  '@in(string,strings)': 'bool',
  '@in(int,ints)': 'bool',
  'size(string)': 'int',
  'size(strings)': 'int',
  'size(ints)': 'int',
  '.size(string)': 'int',
  '.size(strings)': 'int',
  '.size(ints)': 'int',
  '.startsWith(string,string)': 'bool',
  '.endsWith(string,string)': 'bool',
  '.contains(string,string)': 'bool',
  ...Object.fromEntries(['&&', '||'].map((sign) => [`_${sign}_(bool,bool)`, 'bool' as const])),
  ...Object.fromEntries(['+', '-', '*', '/', '%'].map((sign) => [`_${sign}_(int,int)`, 'int' as const])),
  ...Object.fromEntries(
    ['<', '<=', '>', '>='].flatMap((sign) =>
      ['int', 'string'].map((type) => [`_${sign}_(${type},${type})`, 'bool' as const]),
    ),
  ),
};

function typeOfCall(name: string, types: readonly RuleType[], isMethod: boolean): RuleType | undefined {
  if (name === '_==_' || name === '_!=_') return types[0] === types[1] ? 'bool' : undefined;
  if (name === '_?_:_') return types[0] === 'bool' && types[1] === types[2] ? types[1] : undefined;
  const overload = `${isMethod ? '.' : ''}${name}(${types.join(',')})`;
  return Object.hasOwn(OVERLOADS, overload) ? OVERLOADS[overload] : undefined;
}

type Loop = Extract<Expr['exprKind'], { case: 'comprehensionExpr' }>['value'];

/** `exists` and `all` over one list, never inside another loop. */
function typeOfLoop(loop: Loop, walk: Walk): RuleType | undefined {
  if (walk.isLoop || loop.iterVar2 !== '' || loop.accuInit?.exprKind.case !== 'constExpr') return undefined;
  const range = typeOf(loop.iterRange, walk);
  if (range !== 'strings' && range !== 'ints') return undefined;
  const isLiteral = loop.iterRange?.exprKind.case === 'listExpr';
  const scope = new Map<string, RuleType>([
    [loop.accuVar, 'bool'],
    [loop.iterVar, range === 'strings' ? 'string' : 'int'],
  ]);
  const inside: Walk = { ...walk, scope, isLoop: true, weight: isLiteral ? LIST_LENGTH_MAX : VARIABLE_LIST_MAX };
  const parts = [loop.accuInit, loop.loopCondition, loop.loopStep, loop.result];
  return parts.every((part) => typeOf(part, inside) === 'bool') ? 'bool' : undefined;
}
