import { renderToStaticMarkup } from 'react-dom/server';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Facts } from '#components/ui/facts.tsx';
import { formatMicro } from '#components/ui/format.ts';
import { methodOf, methods, type MethodArgs, type MethodName } from '#ledger/contracts/definitions.ts';
import { anyArgs } from '#ledger/contracts/testing/arbitrary-args.ts';
import type { SigningFactsDto } from '#lib/shared/dto.ts';
import { certainRefusal, confirmationFacts, type ToConfirm } from './confirmation-facts.tsx';
import { signedAmounts, signsMoney } from './signed-money.ts';

const known: SigningFactsDto = {
  balanceMicro: '100000000',
  heldMicro: '5000000',
  accounts: [{ id: 88, address: '0x88', name: 'Deutscher Wetterdienst' }],
};

/** What a person reads in the dialog. */
function read(asked: ToConfirm, facts = known): string {
  return renderToStaticMarkup(<Facts facts={confirmationFacts(asked, facts)} />)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\u2068\u2069]/g, '')
    .replaceAll(/\s+/g, ' ');
}

const transfer = (amountMicro: bigint, to = 88n): ToConfirm => ({ method: 'Transfer', args: { to, amountMicro } });

test('the dialog before a transfer says to whom with name and number, how much, the balance after, and that it is final', () => {
  const text = read(transfer(500_000n));
  expect(text).toContain('To Deutscher Wetterdienst (A-88)');
  expect(text).toContain('Amount 0.50 tokens');
  expect(text).toContain('Your balance now 100.00 tokens Balance after 99.50 tokens');
  expect(text).toContain('cannot be taken back');
});

test('what is held is not what is spent: the dialog says both, and a vote leaves the balance as it is', () => {
  const use = { purpose: 'research', fieldOfBusiness: 'weather', choices: [], amounts: [], durationMs: 1n };
  const named = { resource: 4n, provider: 88n, strategyVersion: 1n, encryptionKey: new Uint8Array(32) };
  const asked = { ...named, ...use, holdMicro: 6_000_000n, continues: 0n, voucherKey: new Uint8Array(20) };
  const text = read({ method: 'Apply', args: asked });
  expect(text).toContain('Held, the most it can cost 6.00 tokens');
  expect(text).toContain('Balance after 94.00 tokens Held in all after 11.00 tokens');
  const grant = read({ method: 'ProposeGrant', args: { to: 88n, amountMicro: 7_000_000n } });
  expect(grant).toContain('100.00 tokens , unchanged by this signature');
});

test('what the ledger would refuse for certain cannot be confirmed', () => {
  expect(certainRefusal(transfer(500_000n), known)).toBeUndefined();
  expect(certainRefusal(transfer(100_000_001n), known)).toContain('more than your balance');
  expect(certainRefusal(transfer(1n, 89n), known)).toContain('no account A-89');
});

test('a plan names its providers and what is held for each part and backup, and the broker’s fee leaves the balance with the hold [8.5.1-b]', () => {
  const use = { strategyVersion: 1n, choices: [], amounts: [] };
  const backup = { ...use, resource: 6n, provider: 90n, holdMicro: 2_500_000n };
  const part = { ...use, resource: 5n, provider: 88n, durationMs: 1n, holdMicro: 3_000_000n, backup: [backup] };
  const keys = { keys: [], encryptionKey: new Uint8Array(32), voucherKey: new Uint8Array(20) };
  const chosen = {
    demand: 1n,
    plan: 0n,
    parts: [part],
    holdMicro: 3_000_000n,
    broker: 91n,
    feeMicro: 1_000_000n,
    ...keys,
  };
  const broker = { id: 91, address: '0x91', name: null };
  const text = read({ method: 'ChoosePlan', args: chosen }, { ...known, accounts: [...known.accounts, broker] });
  expect(text).toContain('Provider Deutscher Wetterdienst (A-88)');
  expect(text).toContain('Fee to the broker A-91, without a public name');
  expect(text).toContain('Held, the most it can cost, part 1 3.00 tokens');
  expect(text).toContain('backup of part 1 2.50 tokens');
  expect(text).toContain('Balance after 96.00 tokens Held in all after 8.00 tokens');
  const { demand, parts, feeMicro } = chosen;
  const proposed = read({ method: 'ProposePlan', args: { demand, parts, shares: [], feeMicro } });
  expect(proposed).toContain('Fee of the broker 1.00 tokens');
  expect(proposed).toContain('100.00 tokens , unchanged by this signature');
});

const aboutMoney = methods.filter(({ name }) => signsMoney(name)).map(({ name }) => name);

test('every signature that names an amount stands behind the dialog, which says each of its amounts', () => {
  for (const name of ['Transfer', 'Apply', 'PlaceOrder', 'ProposeGrant', 'AuthorizeKey', 'PublishResource'] as const)
    expect(aboutMoney).toContain(name);
  expect(aboutMoney).not.toContain('Vote');
  for (const method of aboutMoney) {
    fc.assert(
      fc.property(anyArgs(methodOf(method).definition.fields), (drawn) => {
        const args = drawn as MethodArgs[MethodName];
        const text = read({ method, args });
        for (const { amountMicro } of signedAmounts(method, args))
          expect(text).toContain(`${formatMicro(amountMicro.toString())} tokens`);
      }),
      { numRuns: 50 },
    );
  }
});
