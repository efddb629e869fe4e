'use client';

import { createContext, use, useCallback, useState } from 'react';
import { useConfig } from 'wagmi';
import type { Fact } from '#components/ui/facts.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import type { CommandResult, Prepared } from '#lib/shared/dto.ts';
import type { MethodArgs, MethodName } from '#ledger/contracts/definitions.ts';
import { ConfirmContext, type LookUp } from './confirm-signing.tsx';
import { randomUuid } from './random-uuid.ts';
import { followStanding, keepLastSigned, standingInWords, type LastSigned } from './recorded.ts';
import { signMethod, walletProblem } from './sign-transaction.ts';
import { signsMoney } from './signed-money.ts';

/** Server actions that every signing form needs: what the dialog says, the next nonce, and the one that submits. */
export interface SigningActions {
  lookUp: LookUp;
  prepare: () => Promise<Prepared>;
  submit: (method: string, signedHex: string, idempotencyKey: string) => Promise<CommandResult>;
  /** Puts the active session aside before another person signs in. */
  keepSession: () => Promise<void>;
}

/** Set once, around the pages that sign. */
export const SigningContext = createContext<SigningActions | null>(null);

export type SigningStep = 'idle' | 'preparing' | 'signing' | 'submitting' | 'asking';

/** What a button says while it works. */
export const SIGNING_WORDS: Readonly<Record<Exclude<SigningStep, 'idle'>, string>> = {
  preparing: 'Preparing…',
  signing: 'Waiting for your signature…',
  submitting: 'Deciding on the ledger…',
  asking: 'No answer came back. Asking the ledger whether it was recorded…',
};

export interface SignedAction<Name extends MethodName> {
  /** `about`: what the form knows of it besides, for the dialog that stands before a signature about money. */
  run: (args: MethodArgs[Name], about?: readonly Fact[]) => Promise<CommandResult>;
  step: SigningStep;
  isPending: boolean;
  /** The last failure in one sentence; it goes when the next try begins. */
  sentence: string | undefined;
}

/** The ledger is asked for so long by a form; a page that broke asks on. */
const ASK_MS_MAX = 60_000;

const failed = (sentence: string): CommandResult => ({ ok: false, code: 0, status: 0, sentence });

/** Whether what was sent may have been recorded all the same: nobody answered, or somebody who does not know. */
const isOpen = (result: CommandResult): boolean => !result.ok && result.status >= 500;

async function askedResult(signed: LastSigned): Promise<CommandResult> {
  const standing = await followStanding(signed, AbortSignal.timeout(ASK_MS_MAX));
  if (standing.state === 'recorded') {
    return { ok: true, tx: signed.tx, height: standing.height, data: standing.data };
  }
  return failed(standing.state === 'refused' ? standing.sentence : standingInWords(standing, { isFollowed: false }));
}

/**
 * Confirm → prepare → sign → submit. Whatever names an amount of tokens is confirmed in the one dialog first: no form can leave it out, and
 * Enter opens it like a press of the button. The page around it shows `step` and `sentence`, and reloads what it shows after a success.
 */
export function useSignedAction<Name extends MethodName>(method: Name, address: string): SignedAction<Name> {
  const config = useConfig();
  const actions = use(SigningContext);
  const confirm = use(ConfirmContext);
  const [step, setStep] = useState<SigningStep>('idle');
  const [sentence, setSentence] = useState<string>();

  const run = useCallback(
    async (args: MethodArgs[Name], about?: readonly Fact[]): Promise<CommandResult> => {
      setSentence(undefined);
      const asked = { method, args, about: about ?? [] };
      if (signsMoney(method) && !(await confirm?.(asked))) return failed('Nothing was signed.');
      setStep('preparing');
      let result: CommandResult;
      try {
        if (!actions) throw new Error('a form that signs stands inside the wallet’s provider');
        const prepared = await actions.prepare();
        if (!prepared.ok) {
          result = failed(prepared.sentence);
        } else if (prepared.address.toLowerCase() !== address.toLowerCase()) {
          result = failed('Another person is signed in in this browser now: switch back first. Nothing was sent.');
        } else {
          setStep('signing');
          const signed = await signMethod(config, { method, args, prepared, address }).catch((error: unknown) => ({
            ok: false as const,
            sentence: walletProblem(error),
          }));
          if (signed.ok) {
            setStep('submitting');
            keepLastSigned(signed.signed);
            const answer = await actions.submit(method, signed.signedHex, randomUuid()).catch(() => undefined);
            const isUnknown = answer === undefined || isOpen(answer);
            if (isUnknown) setStep('asking');
            result = isUnknown ? await askedResult(signed.signed) : answer;
          } else {
            result = failed(signed.sentence);
          }
        }
      } catch {
        result = failed(await whyNoAnswer('The portal did not answer. Nothing was signed and nothing was sent.'));
      }
      setStep('idle');
      if (!result.ok) setSentence(result.sentence);
      return result;
    },
    [config, method, address, actions, confirm],
  );
  return { run, step, isPending: step !== 'idle', sentence };
}
