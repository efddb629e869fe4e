import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '#agent/outcome.ts';
import type { RepairAnswer } from '#agent/repair/commands.ts';
import type { LedgerClient } from '#ledger/client/ledger-client.ts';
import { repairCommandsOf, type ValidatorCommand } from '#ledger/contracts/security/repair-words.ts';

/** Commands that keepers know. */
export const VALIDATOR_COMMANDS = repairCommandsOf('consensus');

/** A restarted validator reads its journal, a rebuilt one a snapshot, and then it has to come level. */
const LEVEL_MS_MAX = 120_000;
const LOOK_MS = 500;
/** Behind the newest block by so little it votes in time. */
const LEVEL_HEIGHTS = 2n;

export interface ValidatorHands {
  readonly ledger: Pick<LedgerClient, 'status' | 'control'>;
  /** Of the validator in the ledger process. */
  readonly index: number;
  readonly nowMs: () => number;
}

type Logged = ValidatorHands & { log(sentence: string): void };

const done = (text: string): RepairAnswer => ({ outcome: 'done', text });
const failed = (text: string): RepairAnswer => ({ outcome: 'failed', text });

/** Level again, or the reason why not. */
async function awaitLevel({ ledger, index, nowMs }: ValidatorHands): Promise<RepairAnswer> {
  const begunMs = nowMs();
  for (;;) {
    const { height, validators } = await ledger.status();
    const own = validators[index];
    if (own?.state === 'running' && own.height + LEVEL_HEIGHTS >= height)
      return done(`It votes again, level at height ${own.height}, after ${Math.round((nowMs() - begunMs) / 1_000)} s.`);
    if (own?.state === 'halted') return failed('It halted; the ledger process says why in its log.');
    if (nowMs() - begunMs > LEVEL_MS_MAX)
      return failed(
        `It is not level after ${LEVEL_MS_MAX / 1_000} s: it stands at height ${own?.height ?? 0} of ${height}.`,
      );
    await sleep(LOOK_MS);
  }
}

async function restart(hands: ValidatorHands): Promise<RepairAnswer> {
  const { ledger, index } = hands;
  const { validators } = await ledger.status();
  const state = validators[index]?.state;
  if (state === 'running' || state === 'catching-up') await ledger.control({ kind: 'stop-validator', index });
  const started = await ledger.control({ kind: 'start-validator', index });
  return started.ok ? awaitLevel(hands) : failed('It could not start; the ledger process says why in its log.');
}

async function rebuild(hands: Logged): Promise<RepairAnswer> {
  const { ok, sentence } = await hands.ledger.control({ kind: 'rebuild-validator', index: hands.index });
  if (ok) return awaitLevel(hands);
  // The ledger process tells it nobody else.
  hands.log(sentence);
  return failed('It was not rebuilt: the others are too few, or too much is set aside; the keeper’s log says which.');
}

async function stop({ ledger, index }: ValidatorHands): Promise<RepairAnswer> {
  const { ok } = await ledger.control({ kind: 'stop-validator', index });
  return ok ? done('It has stopped voting.') : failed('It was not running.');
}

const HANDS: Readonly<Record<ValidatorCommand, (hands: Logged) => Promise<RepairAnswer>>> = {
  'restart-validator': restart,
  'rebuild-validator': rebuild,
  'stop-validator': stop,
};

/** Carries a command out. What breaks on the way is an answer, and its reason is in the log. */
export async function carryOutAt(
  command: ValidatorCommand,
  hands: ValidatorHands,
  log: (sentence: string) => void,
): Promise<RepairAnswer> {
  try {
    return await HANDS[command]({ ...hands, log });
  } catch (error) {
    log(`The command ${command} failed: ${reasonOf(error)}`);
    return failed('It broke off; the keeper’s log says why.');
  }
}
