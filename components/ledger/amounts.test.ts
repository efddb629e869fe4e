import fc from 'fast-check';
import { expect, test } from 'vitest';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import type { Meter } from '#ledger/contracts/kinds/kind.ts';
import {
  amountDraft,
  amountInWords,
  amountLabel,
  amountProblem,
  amountsInWords,
  parseAmount,
  shareInWords,
  typedAmountInWords,
} from './amounts.ts';

const meters: [string, Meter][] = Object.entries({ ...kinds.data.meters, ...kinds.computing.meters });

test('an amount is typed as it is shown in a field: parse(draft(x)) = x', () => {
  for (const [, meter] of meters) {
    fc.assert(
      fc.property(fc.bigInt(1n, meter.max), (amount) => {
        expect(parseAmount(amountDraft(amount, meter), meter)).toBe(amount);
      }),
    );
  }
});

test('no text beyond the meter’s bound, below one, or not a plain number becomes an amount', () => {
  for (const [name, meter] of meters) {
    const texts = ['', '0', '-1', '1e3', '0x1', '１', '1,5x', 'NaN', '0.0000001', amountDraft(meter.max + 1n, meter)];
    for (const text of texts) expect([name, text, parseAmount(text, meter)]).toEqual([name, text, undefined]);
  }
  expect(parseAmount('1.5', kinds.data.meters.calls)).toBeUndefined();
});

test('a problem names the field and the bound that its definition gives', () => {
  expect(amountProblem(kinds.data.meters.calls, '0')).toBe('Calls must be a whole number from 1 to 1,000,000,000.');
  expect(amountProblem(kinds.data.meters.bytes, '')).toContain('17,592,186.044416');
  expect(amountProblem(kinds.data.meters.bytes, '1,500')).toContain('can be read as 1500 or as 1.500');
  expect(parseAmount('1,500', kinds.data.meters.calls)).toBe(1_500n);
  expect(amountLabel(kinds.data.meters.bytes)).toBe('Megabytes');
});

test('bytes are typed in the unit of their kind, and each field is named by what it counts', () => {
  const gigabytes = (meter: Meter) => ({ ...meter, typedIn: 'Gigabytes' as const });
  const { bytes, bytesIn, storedBytes } = kinds.storage.meters;
  const labels = [bytes, bytesIn, storedBytes].map((meter) => amountLabel(gigabytes(meter)));
  expect(labels).toEqual(['Gigabytes sent', 'Gigabytes received', 'Storage in gigabytes']);
  expect(parseAmount('0.5', gigabytes(storedBytes))).toBe(500_000_000n);
  expect(amountDraft(2_000_000_001n, gigabytes(storedBytes))).toBe('2.000000001');
  const words = [1_000_000_000n, 1_500_000_000n].map((amount) => typedAmountInWords(amount, gigabytes(bytes)));
  expect(words).toEqual(['1 gigabyte', '1.5 gigabytes']);
  expect(amountProblem(gigabytes(storedBytes), '')).toContain('at most 1,125,899.906842624, with at most 9 decimals');
});

test('amounts in a row say what they are where their unit does not', () => {
  const mixed = [
    { meter: 'bytes', amount: 10_000_000_000 },
    { meter: 'calls', amount: 100 },
    { meter: 'storedBytes', amount: 1_000_000_000 },
  ];
  expect(amountsInWords(kinds.storage, mixed)).toBe('10.0 GB (bytes sent), 100 calls, 1.00 GB (storage)');
  expect(amountsInWords(kinds.data, mixed.slice(0, 2))).toBe('10.0 GB, 100 calls');
  const time = [{ meter: 'cpuMs', amount: 60_000 }];
  expect(amountsInWords(kinds.computing, time)).toBe('60 s (processor time)');
});

test('processor time is typed and shown in seconds, exactly', () => {
  const { cpuMs, memoryMiB } = kinds.computing.meters;
  expect([amountLabel(cpuMs), amountLabel(memoryMiB)]).toEqual(['Processor seconds', 'Memory']);
  expect(parseAmount('12.5', cpuMs)).toBe(12_500n);
  expect([0, 250, 1_000, 12_500, 1_234, 3_600_000].map((ms) => amountInWords(ms, cpuMs))).toEqual([
    '0 s',
    '250 ms',
    '1 s',
    '12.5 s',
    '1.2340 s',
    '3,600 s',
  ]);
  expect(typedAmountInWords(1_000n, cpuMs)).toBe('1 second');
  expect(shareInWords(0, 60_000, cpuMs)).toBe('0 s of 60 s');
  expect([amountInWords(64, memoryMiB), shareInWords(4, 64, memoryMiB)]).toEqual(['64 MiB', '4 of 64 MiB']);
});

test('amounts read in the unit of their meter', () => {
  expect(amountInWords(1, kinds.data.meters.calls)).toBe('1 call');
  expect(amountInWords(1_234n, kinds.data.meters.calls)).toBe('1,234 calls');
  expect(amountInWords(48_219, kinds.data.meters.bytes)).toBe('48.2 kB');
  expect(amountInWords(250, kinds.data.promises.firstByteMs)).toBe('250 ms');
  expect(amountInWords(20_000_000, kinds.storage.promises.probeBytesPerS)).toBe('20.0 MB/s');
  expect(shareInWords(3, 10, kinds.data.meters.places)).toBe('3 of 10 places');
  expect(shareInWords(1_000_000, 10_000_000, kinds.data.meters.bytes)).toBe('1.00 MB of 10.0 MB');
});
