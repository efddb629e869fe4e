import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { OrderDetail } from '#lib/shared/dto.ts';
import { relayWaysTerms } from '#ledger/contracts/kinds/connection.ts';
import { ConnectionAccessPanel, relayNamed } from './access-panel.tsx';
import { accessOf, PROGRAMS } from './programs.ts';

const link = { url: 'https://room.example/v1/agreements/12', token: 'ab'.repeat(32) };
const order = { id: 12, ways: relayWaysTerms('443'), amounts: [] } as unknown as OrderDetail;

function markupOf(isRunning: boolean): string {
  const panel = (
    <ConnectionAccessPanel
      order={order}
      link={link}
      isRunning={isRunning}
      estimate={undefined}
      onUsed={() => Promise.resolve()}
    />
  );
  return renderToStaticMarkup(panel);
}

test('before its gateway has said where the relay is the panel asks, after the end it says that it is closed, and neither holds the password', () => {
  expect(markupOf(true)).toContain('Asking the gateway');
  expect(markupOf(false)).toContain('The relay is closed');
  for (const isRunning of [true, false]) expect(markupOf(isRunning)).not.toContain(link.token);
});

test('a gateway names a relay, and nothing else that would stand in a line for a shell', () => {
  const named = (value: string) => relayNamed({ kind: 'served', status: 200, value }).address;
  expect(named('relay.example:1080')).toBe('relay.example:1080');
  const hostile = ['', 'relay.example', 'a:1; rm -rf ~', '$(reboot):1', '"; reboot; "', 'a:1\n', '-o:1', 'a:99999'];
  expect(hostile.map(named)).toEqual(hostile.map(() => undefined));
  expect(relayNamed({ kind: 'refused', status: 401, sentence: 'Replaced.' }).problem).toBe('Replaced.');
});

test('each program is told of address, name and password, and no line has a character that a shell would read', () => {
  const access = accessOf({ address: 'relay.example:1080', agreement: 12, token: link.token });
  for (const { title, lines } of PROGRAMS) {
    const text = lines(access);
    for (const part of ['relay.example', '1080', '12', link.token])
      expect([title, text.includes(part)]).toEqual([title, true]);
    // `\n` is curl's own word for a line's end, and every shell leaves it as it is between quotes.
    expect(text.replaceAll('\\n', '')).not.toMatch(/[$`\\;|&<]/);
  }
});
