'use client';

import { createContext, use, useCallback, useState } from 'react';
import { useConfig } from 'wagmi';
import type { Fact } from '#components/ui/facts.tsx';
import type { CommandResult, PreparedTransaction } from '#lib/shared/dto.ts';
import type { MethodArgs, MethodName } from '#ledger/contracts/definitions.ts';
import { ConfirmContext, type LookUp } from './confirm-signing.tsx';
import { signsMoney } from './signed-money.ts';
import { signMethod, walletProblem } from './sign-transaction.ts';

/** Server actions that every signing form needs: what the dialog says, the next nonce, and the one that submits. */
export interface SigningActions {
  lookUp: LookUp;
  prepare: () => Promise<PreparedTransaction | null>;
  submit: (method: string, signedHex: string, idempotencyKey: string) => Promise<CommandResult>;
}

/** Set once, around the pages that sign. */
export const SigningContext = createContext<SigningActions | null>(null);

export type SigningStep = 'idle' | 'preparing' | 'signing' | 'submitting';

/** What a button says while it works. */
export const SIGNING_WORDS: Readonly<Record<Exclude<SigningStep, 'idle'>, string>> = {
  preparing: 'Preparing…',
  signing: 'Waiting for your signature…',
  submitting: 'Deciding on the ledger…',
};

export interface SignedAction<Name extends MethodName> {
  /** `about`: what the form knows of it besides, for the dialog that stands before a signature about money. */
  run: (args: MethodArgs[Name], about?: readonly Fact[]) => Promise<CommandResult>;
  step: SigningStep;
  isPending: boolean;
  /** The last failure in one sentence; it goes when the next try begins. */
  sentence: string | undefined;
}

const failed = (sentence: string): CommandResult => ({ ok: false, code: 0, status: 0, sentence });

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
        const prepared = await actions?.prepare();
        if (!actions || !prepared) {
          result = failed('Your session has ended: sign in again. Nothing was sent.');
        } else {
          setStep('signing');
          const signed = await signMethod(config, { method, args, prepared, address }).catch((error: unknown) => ({
            ok: false as const,
            sentence: walletProblem(error),
          }));
          if (signed.ok) {
            setStep('submitting');
            result = await actions.submit(method, signed.signedHex, crypto.randomUUID());
          } else {
            result = failed(signed.sentence);
          }
        }
      } catch {
        result = failed(
          'The portal did not answer. If you had signed already, look at your orders before you try again.',
        );
      }
      setStep('idle');
      if (!result.ok) setSentence(result.sentence);
      return result;
    },
    [config, method, address, actions, confirm],
  );
  return { run, step, isPending: step !== 'idle', sentence };
}
