import type { AgreementStatus, EndReason } from './contract.ts';

/** Who may give a reason, what the order then counts as, and who broke it (nobody: no party's fault). The due queue gives its own. */
const RULES: Readonly<
  Record<
    EndReason,
    { by: 'customer' | 'provider' | 'time'; to: AgreementStatus; broken: 'customer' | 'provider' | 'nobody' }
  >
> = {
  'time-up': { by: 'time', to: 'completed', broken: 'nobody' },
  'not-delivered': { by: 'time', to: 'failed', broken: 'provider' },
  done: { by: 'customer', to: 'completed', broken: 'nobody' },
  'no-longer-needed': { by: 'customer', to: 'terminated', broken: 'nobody' },
  'not-as-described': { by: 'customer', to: 'terminated', broken: 'provider' },
  'used-up': { by: 'provider', to: 'completed', broken: 'nobody' },
  misuse: { by: 'provider', to: 'terminated', broken: 'customer' },
  withdrawn: { by: 'provider', to: 'terminated', broken: 'provider' },
};

export function mayGiveReason(party: 'customer' | 'provider', reason: EndReason): boolean {
  return RULES[reason].by === party;
}

/** An order whose window never began was not completed, whatever the reason. */
export function endedStatus(reason: EndReason, wasStarted: boolean): AgreementStatus {
  const { to } = RULES[reason];
  return to === 'completed' && !wasStarted ? 'terminated' : to;
}

export function brokenBy(reason: EndReason): 'customer' | 'provider' | 'nobody' {
  return RULES[reason].broken;
}
