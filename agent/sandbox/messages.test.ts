import { expect, test } from 'vitest';
import { readAnswer } from './messages.ts';

const ran = { kind: 'ran', outcome: 'exited', exitCode: 0, reason: '', cpuMs: 0.5, stdoutBytes: 3 };

test('answers of the host program are taken as they are', () => {
  for (const head of [{ kind: 'ready' }, { kind: 'refused', reason: 'no module' }, ran, { ...ran, exitCode: null }])
    expect(readAnswer(head)).toEqual(head);
});

test.each([
  ['nothing', null],
  ['a text', 'ran'],
  ['an unknown kind', { kind: 'done', reason: '' }],
  ['an outcome that is none', { ...ran, outcome: 'paid' }],
  ['processor time that gives some back', { ...ran, cpuMs: -5 }],
  ['processor time that is no number', { ...ran, cpuMs: '5' }],
  ['no processor time', { ...ran, cpuMs: null }],
  ['a length below zero', { ...ran, stdoutBytes: -1 }],
  ['an exit code that is a text', { ...ran, exitCode: '0' }],
  ['an exit code that is no whole number', { ...ran, exitCode: 0.5 }],
])('%s breaks the rules: nothing of it is counted', (_, head) => {
  expect(readAnswer(head)).toBeUndefined();
});
