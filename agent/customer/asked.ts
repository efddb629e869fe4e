import { parseArgs } from 'node:util';
import type { SpendingRule } from '#agent/voucher-signer/rule.ts';
import { isSafeOrigin } from '#agent/origin.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { LABEL_MAX } from '#ledger/contracts/account/definition.ts';
import { DURATION_MS_MAX, DURATION_MS_MIN } from '#ledger/contracts/agreement/definition.ts';

export const USAGE =
  'Usage: npm run buy -- --home <folder> --portal <origin> --account <A-id> --resource <R-id> --purpose <word> --field <word> --for <30m> --amount <meter>=<number> [-- command]. All flags are described in agent/customer/README.md.';

/** What a program asks for, in the words of the contract. */
export interface Use {
  readonly resource: bigint;
  readonly purpose: string;
  readonly fieldOfBusiness: string;
  readonly durationMs: bigint;
  readonly amounts: readonly { readonly meter: string; readonly amount: bigint }[];
  readonly choices: readonly { readonly name: string; readonly value: string }[];
  /** 0 for none. */
  readonly continues: bigint;
  /** Nothing is bought that may cost more; micro-units. Null: the key's own cap alone. */
  readonly atMostMicro: bigint | null;
}

export interface Asked {
  readonly home: string;
  readonly portal: string;
  /** The account that the program acts for. */
  readonly account: bigint;
  readonly label: string;
  /** Buy this, use an order that was bought before, or only show the last vouchers of orders that have ended. */
  readonly what: { readonly buy: Use } | { readonly order: bigint } | { readonly close: true };
  /** Pay by vouchers as it flows, within this; null: by the provider's claims. */
  readonly rule: SpendingRule | null;
  /** The order runs on to the end of its window when the command has ended. */
  readonly isKept: boolean;
  /** Program and arguments; empty: the access is printed. */
  readonly command: readonly string[];
}

const UNIT_MS: Readonly<Record<string, bigint>> = { s: 1_000n, m: 60_000n, h: 3_600_000n, d: 86_400_000n };
const AMOUNT_DIGITS_MAX = 16;
const TOKEN_DECIMALS = 6;

const options = {
  home: { type: 'string' },
  portal: { type: 'string' },
  account: { type: 'string' },
  label: { type: 'string', default: 'Program' },
  resource: { type: 'string' },
  order: { type: 'string' },
  purpose: { type: 'string' },
  field: { type: 'string' },
  for: { type: 'string' },
  amount: { type: 'string', multiple: true },
  choice: { type: 'string', multiple: true },
  continues: { type: 'string' },
  'at-most': { type: 'string' },
  'a-minute': { type: 'string' },
  'in-all': { type: 'string' },
  keep: { type: 'boolean', default: false },
  close: { type: 'boolean', default: false },
} as const;

class Misused extends Error {}

/** Reads the command line; of one that cannot be meant, a sentence that names the flag, and the usage. */
export function readAsked(args: readonly string[]): Outcome<Asked> {
  try {
    const { values, positionals } = parseArgs({ args: [...args], options, strict: true, allowPositionals: true });
    const text = (name: 'home' | 'portal' | 'purpose' | 'field' | 'for'): string =>
      values[name] ?? wrong(`--${name} is missing.`);
    const portal = text('portal');
    if (!isSafeOrigin(portal)) wrong('--portal has to be an origin such as https://portal.example, without a path.');
    const use = (): Use => ({
      resource: idOf('resource', 'R', values.resource),
      purpose: text('purpose'),
      fieldOfBusiness: text('field'),
      durationMs: durationOf(text('for')),
      amounts: pairsOf('amount', values.amount).map(([meter, amount]) => ({ meter, amount: amountOf(meter, amount) })),
      choices: pairsOf('choice', values.choice).map(([name, value]) => ({ name, value })),
      continues: values.continues === undefined ? 0n : idOf('continues', 'O', values.continues),
      atMostMicro: values['at-most'] === undefined ? null : microOf('at-most', values['at-most']),
    });
    return done({
      home: text('home'),
      portal,
      account: idOf('account', 'A', values.account),
      label: labelOf(values.label),
      what: whatOf(values, use),
      rule: ruleOf(values['a-minute'], values['in-all']),
      isKept: values.keep,
      command: positionals,
    });
  } catch (error) {
    return failed(`${reasonOf(error)} npm run buy -- --help says how it is used.`);
  }
}

function whatOf(values: { readonly order?: string; readonly close: boolean }, use: () => Use): Asked['what'] {
  if (values.close) return { close: true };
  return values.order === undefined ? { buy: use() } : { order: idOf('order', 'O', values.order) };
}

function wrong(sentence: string): never {
  throw new Misused(sentence);
}

function labelOf(text: string): string {
  return text !== '' && text.length <= LABEL_MAX && !/\p{Cc}/u.test(text)
    ? text
    : wrong(`--label has to be a text of at most ${LABEL_MAX} characters on one line.`);
}

/** `R-4` or `4`. */
function idOf(flag: string, letter: string, text: string | undefined): bigint {
  const digits = new RegExp(`^(?:${letter}-)?([1-9]\\d{0,14})$`).exec(text ?? '')?.[1];
  return BigInt(digits ?? wrong(`--${flag} has to be a number such as ${letter}-4.`));
}

function durationOf(text: string): bigint {
  const [, count = '', unit = ''] = /^([1-9]\d{0,9})([smhd])$/.exec(text) ?? [];
  const durationMs = BigInt(count) * (UNIT_MS[unit] ?? 0n);
  if (durationMs < DURATION_MS_MIN || durationMs > DURATION_MS_MAX)
    wrong('--for has to be a time such as 90s, 30m, 2h or 7d, at most 31 days.');
  return durationMs;
}

function pairsOf(flag: string, texts: readonly string[] | undefined): [string, string][] {
  const pairs = (texts ?? []).map((text): [string, string] => {
    const [, name = '', value = ''] = /^([A-Za-z]{1,32})=(.{1,200})$/s.exec(text) ?? [];
    return name === '' ? wrong(`--${flag} has to be written as name=value.`) : [name, value];
  });
  const twice = pairs.find(([name], index) => pairs.slice(0, index).some(([other]) => other === name));
  if (twice) wrong(`--${flag} ${twice[0]} stands twice.`);
  // As the ledger wants its lists: strictly ascending by name.
  return pairs.sort(([left], [right]) => (left < right ? -1 : 1));
}

function amountOf(meter: string, text: string): bigint {
  return /^\d+$/.test(text) && text.length <= AMOUNT_DIGITS_MAX
    ? BigInt(text)
    : wrong(`--amount ${meter} has to be a whole number of at most ${AMOUNT_DIGITS_MAX} digits.`);
}

/** Both or neither: one alone would leave the other without a bound. */
function ruleOf(perMinute: string | undefined, inAll: string | undefined): SpendingRule | null {
  if (perMinute === undefined && inAll === undefined) return null;
  if (perMinute === undefined || inAll === undefined) wrong('--a-minute and --in-all belong together.');
  return { perMinuteMicro: microOf('a-minute', perMinute), inAllMicro: microOf('in-all', inAll) };
}

function microOf(flag: string, text: string): bigint {
  const [, whole = '', decimals = ''] = /^(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  if (whole === '') wrong(`--${flag} has to be an amount of tokens such as 2 or 2.5.`);
  return BigInt(`${whole}${decimals.padEnd(TOKEN_DECIMALS, '0')}`);
}
