import { expect, test } from 'vitest';
import { fromDateField, toDateField, windowErrors } from './window-draft.ts';

test('a date field is read as UTC, whatever the zone of the device, and back', () => {
  const timeMs = Date.UTC(2026, 10, 29, 16, 45);
  expect(toDateField(timeMs + 59_999)).toBe('2026-11-29T16:45');
  expect(fromDateField(toDateField(timeMs))).toBe(timeMs);
  expect(fromDateField('2026-11-29T16:45:30')).toBe(timeMs + 30_000);
});

test.each(['', 'tomorrow', '2026-13-29T16:45', '2026-11-29', '2026-11-29T16:45Z'])('“%s” is no time', (text) => {
  expect(fromDateField(text)).toBeUndefined();
});

test('a window names what keeps it from being sent: no node, no time, an end before its begin', () => {
  const draft = { node: '3', from: '2026-11-29T16:45', to: '2026-11-29T17:45', note: '' };
  expect(windowErrors(draft)).toEqual({});
  expect(windowErrors({ ...draft, node: '' })).toHaveProperty('node');
  expect(windowErrors({ ...draft, from: '' })).toHaveProperty('from');
  expect(windowErrors({ ...draft, to: draft.from })).toEqual({ to: 'Choose a time after the begin.' });
  expect(windowErrors({ ...draft, to: '2026-12-29T16:45' })).toEqual({});
  expect(windowErrors({ ...draft, to: '9999-12-29T16:46' })).toEqual({
    to: 'Choose a time at most 30 days after the begin.',
  });
});
