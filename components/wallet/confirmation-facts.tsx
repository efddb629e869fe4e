import type { ReactNode } from 'react';
import type { Fact } from '#components/ui/facts.tsx';
import { Foreign } from '#components/ui/foreign.tsx';
import { accountLabel, formatUtc, inWords } from '#components/ui/format.ts';
import { Money } from '#components/ui/money.tsx';
import { Text } from '#components/ui/text.tsx';
import { methodOf, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';
import type { AccountRef, SigningFactsDto } from '#lib/shared/dto.ts';
import { leavesBalance, signedAmounts, signedPayees } from './signed-money.ts';

/** One signature that waits for a word: what is signed, and what its form knows besides. */
export interface ToConfirm<Name extends MethodName = MethodName> {
  readonly method: Name;
  readonly args: MethodArgs[Name];
  readonly about?: readonly Fact[];
}

const AMOUNT_NAMES: Readonly<Record<string, string>> = {
  amountMicro: 'Amount',
  holdMicro: 'Held, the most it can cost',
  spendingCapMicro: 'The key may spend at most',
  budgetMicro: 'Budget, the most that it may cost',
  feeMicro: 'Fee of the broker',
};

function payeeInWords(id: bigint, accounts: readonly AccountRef[]): ReactNode {
  const account = accounts.find((known) => BigInt(known.id) === id);
  const label = accountLabel(id.toString());
  if (!account) return `${label}, which the ledger does not know`;
  return account.name === null ? (
    `${label}, without a public name`
  ) : (
    <>
      <Foreign text={account.name} />
      <Text>{` (${label})`}</Text>
    </>
  );
}

function payeeFacts({ method, args }: ToConfirm, accounts: readonly AccountRef[]): Fact[] {
  const payees = signedPayees(method, args);
  const { broker } = args as { broker?: bigint };
  const others = payees.filter((payee) => payee !== broker);
  const word = 'parts' in args ? 'Provider' : 'To';
  return payees.map((payee) => {
    const name = others.length === 1 ? word : `${word} ${others.indexOf(payee) + 1}`;
    return { name: payee === broker ? 'Fee to the broker' : name, value: payeeInWords(payee, accounts) };
  });
}

/** What of a list an amount is of: `part 2`, `backup of part 2`. */
function placeInWords([part = '', inner]: readonly string[]): string {
  return inner === undefined ? part : `${inner.replace(/ \d+$/, '')} of ${part}`;
}

/** Every amount that is signed. Those of a plan's parts say which part; where a field stands several times, as prices do, its places are counted. */
function amountFacts({ method, args }: ToConfirm): Fact[] {
  const amounts = signedAmounts(method, args);
  const isPriced = 'strategy' in args;
  const counts = new Map<string, number>();
  return amounts.map(({ field, within, amountMicro }) => {
    const value = <Money amountMicro={amountMicro.toString()} />;
    if ('parts' in args) {
      const name = AMOUNT_NAMES[field] ?? inWords(field);
      return { name: within.length === 0 ? name : `${name}, ${placeInWords(within)}`, value };
    }
    const place = (counts.get(field) ?? 0) + 1;
    counts.set(field, place);
    const isMany = amounts.filter((other) => other.field === field).length > 1;
    const name = isPriced && field === 'amountMicro' ? 'Price line' : (AMOUNT_NAMES[field] ?? inWords(field));
    return { name: isMany ? `${name} ${place}` : name, value };
  });
}

function balanceFacts({ method, args }: ToConfirm, known: SigningFactsDto): Fact[] {
  const { sentMicro, heldMicro } = leavesBalance(method, args);
  const balance = BigInt(known.balanceMicro);
  const after = balance - sentMicro - heldMicro;
  if (after === balance)
    return [
      {
        name: 'Your balance',
        value: (
          <>
            <Money amountMicro={known.balanceMicro} />
            <span>, unchanged by this signature</span>
          </>
        ),
      },
    ];
  return [
    { name: 'Your balance now', value: <Money amountMicro={known.balanceMicro} /> },
    { name: 'Balance after', value: <Money amountMicro={after.toString()} /> },
    ...(heldMicro === 0n
      ? []
      : [
          {
            name: 'Held in all after',
            value: <Money amountMicro={(BigInt(known.heldMicro) + heldMicro).toString()} />,
          },
        ]),
  ];
}

function untilFacts({ method, args }: ToConfirm): Fact[] {
  const { expiresAtMs } = args as { expiresAtMs?: bigint };
  const isVoted = methodOf(method).definition.byVote !== undefined;
  return [
    ...(expiresAtMs === undefined ? [] : [{ name: 'Until', value: formatUtc(Number(expiresAtMs)) }]),
    ...(isVoted ? [{ name: 'When', value: 'once the vote has passed, from the treasury' }] : []),
    ...(method === 'Transfer' ? [{ name: 'When', value: 'at once; it cannot be taken back' }] : []),
  ];
}

/** To whom, how much, what is held, the balance after and until when: what the one dialog before a signature about money says. */
export function confirmationFacts(asked: ToConfirm, known: SigningFactsDto): Fact[] {
  return [
    ...payeeFacts(asked, known.accounts),
    ...(asked.about ?? []),
    ...amountFacts(asked),
    ...balanceFacts(asked, known),
    ...untilFacts(asked),
  ];
}

/** Why the ledger would refuse it, as far as it can be seen; undefined where nothing stands against it. */
export function certainRefusal({ method, args }: ToConfirm, known: SigningFactsDto): string | undefined {
  const unknown = signedPayees(method, args).find((payee) => !known.accounts.some(({ id }) => BigInt(id) === payee));
  if (unknown !== undefined)
    return `The ledger knows no account ${accountLabel(unknown.toString())}. Check the number.`;
  const { sentMicro, heldMicro } = leavesBalance(method, args);
  return sentMicro + heldMicro > BigInt(known.balanceMicro)
    ? 'That is more than your balance: the ledger would refuse it.'
    : undefined;
}
