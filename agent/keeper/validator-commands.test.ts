import { expect, test } from 'vitest';
import type { ControlCommand, EngineStatus } from '#ledger/core/committed.ts';
import { validatorsIn } from './keeper.ts';
import { carryOutAt, VALIDATOR_COMMANDS, type ValidatorHands } from './validator-commands.ts';

const address = (index: number): Uint8Array => new Uint8Array(20).fill(index);

/** A ledger process with one validator at this state, and what it was told. */
function hands(
  state: EngineStatus['validators'][number]['state'],
  answers: Partial<Record<ControlCommand['kind'], boolean>> = {},
) {
  const asked: string[] = [];
  const world = { state, height: 90n };
  const validator = () => ({ address: address(1), publicKey: address(1), round: 0, ...world });
  const parts: ValidatorHands = {
    index: 0,
    nowMs: Date.now,
    ledger: {
      status: () => Promise.resolve({ height: 100n, validators: [validator()] } as unknown as EngineStatus),
      control: ({ kind }) => {
        asked.push(kind);
        const ok = answers[kind] ?? true;
        if (ok && kind !== 'stop-validator') Object.assign(world, { state: 'running', height: 99n });
        return Promise.resolve({ ok, sentence: `/secret/path: ${kind}` });
      },
    },
  };
  return { parts, asked };
}
const nothing = (): void => undefined;

test('a running validator is ended and begun again, one that stands still begun alone; the answer says when it is level [8.5.1-f]', async () => {
  const running = hands('running');
  expect(await carryOutAt('restart-validator', running.parts, nothing)).toEqual({
    outcome: 'done',
    text: expect.stringMatching(/^It votes again, level at height 99, after \d+ s\.$/),
  });
  expect(running.asked).toEqual(['stop-validator', 'start-validator']);
  const halted = hands('halted');
  await carryOutAt('restart-validator', halted.parts, nothing);
  expect(halted.asked).toEqual(['start-validator']);
});

test('what fails says so, and names no path of the machine', async () => {
  for (const command of VALIDATOR_COMMANDS) {
    const { parts } = hands('stopped', {
      'start-validator': false,
      'rebuild-validator': false,
      'stop-validator': false,
    });
    const { outcome, text } = await carryOutAt(command, parts, nothing);
    expect(outcome).toBe('failed');
    expect(text).not.toContain('/secret');
  }
  const away = {
    index: 0,
    nowMs: Date.now,
    ledger: {
      status: () => Promise.reject(new Error('/secret/socket')),
      control: () => Promise.reject(new Error('/secret')),
    },
  };
  const logged: string[] = [];
  const { outcome, text } = await carryOutAt('stop-validator', away, (sentence) => logged.push(sentence));
  expect({ outcome, text }).toEqual({ outcome: 'failed', text: 'It broke off; the keeper’s log says why.' });
  expect(logged).toHaveLength(1);
});

test('heartbeats are sent for members that run, each with its own height, and for nobody else [6.2.1-a]', () => {
  const at = (index: number, of: object) => ({
    address: address(index),
    publicKey: address(index),
    round: 0,
    height: BigInt(index),
    ...of,
  });
  const validators = [
    at(1, { state: 'running' }),
    at(2, { state: 'catching-up' }),
    at(3, { state: 'stopped' }),
    at(4, { state: 'halted', reason: 'a broken disk' }),
    at(5, { state: 'running', isMember: false }),
    at(6, { state: 'silent' }),
  ] as unknown as EngineStatus['validators'];
  expect(validatorsIn({ validators }, { version: '1.0.0' })).toEqual([
    { address: '01'.repeat(20), sample: { version: '1.0.0', height: 1 } },
    { address: '02'.repeat(20), sample: { version: '1.0.0', height: 2 } },
  ]);
});
