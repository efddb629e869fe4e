import 'server-only';

/** A cause that comes back within this time is the same one: it is told as flapping at its third coming, and its end only when it has stayed away so long. */
export const RETURN_MS = 10 * 60_000;
export const FLAPPING_TIMES = 3;

/**
 * `pending`: seen, not for long enough. `open`: somebody was told. `settled`: over, and told, or over for a flapping one and not told yet; it may
 * come back.
 */
export type Phase = 'pending' | 'open' | 'settled';

export interface Condition {
  readonly phase: Phase;
  readonly breachedSinceMs: number | null;
  readonly clearSinceMs: number | null;
  /** How often it came, this time counted. */
  readonly times: number;
}

export interface Look {
  readonly atMs: number;
  /** Beyond the threshold; over: beyond the way back. In between nothing changes. */
  readonly isBreached: boolean;
  readonly isOver: boolean;
  readonly forMs: number;
  /** In a maintenance window: nothing begins, what is over ends. */
  readonly isSilenced: boolean;
}

/** What has to be told: a new alert, one that came back, that it flaps, that it is over. */
export type Telling = 'fire' | 'again' | 'flap' | 'resolve' | null;

export interface Step {
  /** Null: there is nothing to remember. */
  readonly next: Condition | null;
  readonly tell: Telling;
}

function begun(look: Look): Condition {
  return { phase: 'pending', breachedSinceMs: look.atMs, clearSinceMs: null, times: 0 };
}

function fire(condition: Condition, look: Look): Step {
  const times = condition.times + 1;
  const next: Condition = { phase: 'open', breachedSinceMs: condition.breachedSinceMs, clearSinceMs: null, times };
  if (times === 1) return { next, tell: 'fire' };
  if (times === FLAPPING_TIMES) return { next, tell: 'flap' };
  return { next: { ...next, breachedSinceMs: look.atMs }, tell: 'again' };
}

function whilePending(condition: Condition, look: Look): Step {
  if (!look.isBreached) {
    // One that had been told before goes back to where it came from.
    if (condition.times === 0) return { next: null, tell: null };
    return { next: { ...condition, phase: 'settled', breachedSinceMs: null }, tell: null };
  }
  if (look.isSilenced) return { next: { ...condition, breachedSinceMs: look.atMs }, tell: null };
  const sinceMs = condition.breachedSinceMs ?? look.atMs;
  return look.atMs - sinceMs >= look.forMs ? fire(condition, look) : { next: condition, tell: null };
}

function whileOpen(condition: Condition, look: Look): Step {
  if (!look.isOver)
    return { next: condition.clearSinceMs === null ? condition : { ...condition, clearSinceMs: null }, tell: null };
  const next: Condition = { ...condition, phase: 'settled', breachedSinceMs: null, clearSinceMs: look.atMs };
  return { next, tell: condition.times >= FLAPPING_TIMES ? null : 'resolve' };
}

function whileSettled(condition: Condition, look: Look): Step {
  const clearSinceMs = condition.clearSinceMs ?? look.atMs;
  if (look.isBreached && !look.isSilenced) {
    return whilePending({ ...condition, phase: 'pending', breachedSinceMs: look.atMs }, look);
  }
  if (look.atMs - clearSinceMs < RETURN_MS) return { next: { ...condition, clearSinceMs }, tell: null };
  return { next: null, tell: condition.times >= FLAPPING_TIMES ? 'resolve' : null };
}

/** One look at one cause. Undefined: nothing is remembered of it. */
export function lookAgain(condition: Condition | undefined, look: Look): Step {
  if (condition === undefined) {
    return look.isBreached ? whilePending(begun(look), look) : { next: null, tell: null };
  }
  switch (condition.phase) {
    case 'pending':
      return whilePending(condition, look);
    case 'open':
      return whileOpen(condition, look);
    case 'settled':
      return whileSettled(condition, look);
  }
}

export interface Threshold {
  readonly comparison: 'above' | 'below';
  readonly threshold: number;
  readonly clearsAt: number;
}

/** Both sides of a rule with its way back. */
export function judge(rule: Threshold, value: number): Pick<Look, 'isBreached' | 'isOver'> {
  const isAbove = rule.comparison === 'above';
  return {
    isBreached: isAbove ? value > rule.threshold : value < rule.threshold,
    isOver: isAbove ? value <= rule.clearsAt : value >= rule.clearsAt,
  };
}
