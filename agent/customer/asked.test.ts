import { expect, test } from 'vitest';
import { readAsked } from './asked.ts';

const common = ['--home', 'program', '--portal', 'https://portal.example', '--account', 'A-5'];
const use = ['--resource', 'R-4', '--purpose', 'planning', '--field', 'logistics', '--for', '30m'];

test('a whole command line is read in the contract’s words, its lists in the contract’s order', () => {
  const line = ['--amount', 'storedBytes=200000000', '--amount', 'calls=100', '--at-most', '2.5', '--continues', 'O-3'];
  const asked = readAsked([...common, ...use, ...line, '--', 'rclone', 'sync', '--fast-list']);
  expect(asked).toEqual({
    ok: true,
    value: {
      home: 'program',
      portal: 'https://portal.example',
      account: 5n,
      label: 'Program',
      what: {
        buy: {
          resource: 4n,
          purpose: 'planning',
          fieldOfBusiness: 'logistics',
          durationMs: 1_800_000n,
          amounts: [
            { meter: 'calls', amount: 100n },
            { meter: 'storedBytes', amount: 200_000_000n },
          ],
          choices: [],
          continues: 3n,
          atMostMicro: 2_500_000n,
        },
      },
      rule: null,
      isKept: false,
      command: ['rclone', 'sync', '--fast-list'],
    },
  });
});

test.each([
  ['--portal', ['--portal', 'http://portal.example', ...use]],
  ['--portal', ['--portal', 'https://portal.example/path', ...use]],
  ['--account', ['--account', '-1', ...use]],
  ['--resource', [...use, '--resource', 'O-4']],
  ['--for', [...use, '--for', '40d']],
  ['--for', [...use, '--for', '0m']],
  ['--for', [...use, '--for', '1e3s']],
  ['--amount', [...use, '--amount', 'calls=-1']],
  ['--amount', [...use, '--amount', 'calls=1.5']],
  ['--amount', [...use, '--amount', `calls=${'9'.repeat(17)}`]],
  ['--amount', [...use, '--amount', 'calls']],
  ['--amount', [...use, '--amount', 'calls=1', '--amount', 'calls=2']],
  ['--at-most', [...use, '--at-most', '1,5']],
  ['--a-minute', [...use, '--a-minute', '1,5', '--in-all', '2']],
  ['--in-all', [...use, '--a-minute', '1']],
  ['--continues', [...use, '--continues', 'R-3']],
  ['--purpose', ['--resource', 'R-4', '--for', '1m', '--field', 'x']],
  ['--label', [...use, '--label', '']],
  ['--label', [...use, '--label', 'a\nb']],
  ['--label', [...use, '--label', 'x'.repeat(65)]],
  ['--unknown', [...use, '--unknown']],
])('a wrong %s is named', (flag, wrong) => {
  const asked = readAsked([...common, ...wrong]);
  expect(asked.ok).toBe(false);
  expect(asked.ok ? '' : asked.sentence).toContain(flag);
});

test('vouchers of ended orders are shown without anything that is bought', () => {
  expect(readAsked([...common, '--close'])).toMatchObject({ ok: true, value: { what: { close: true } } });
});
