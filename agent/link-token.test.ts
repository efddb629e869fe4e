import { expect, test } from 'vitest';
import { linkTokens } from './link-token.ts';

const filled = (byte: number): Uint8Array => new Uint8Array(32).fill(byte);

test('each link of each agent and network has a token of its own, the same after every start', () => {
  const names = [
    { agreement: 1, issue: 1 },
    { agreement: 1, issue: 2 },
    { agreement: 11, issue: 1 },
  ];
  const made = [filled(1), filled(2)].flatMap((key) =>
    [filled(3), filled(4)].flatMap((network) => names.map((name) => linkTokens(key, network)(name))),
  );
  expect(new Set(made).size).toBe(12);
  for (const token of made) expect(token).toMatch(/^[0-9a-f]{64}$/);
  expect(linkTokens(filled(1), filled(3))(names[0]!)).toBe(made[0]);
});
