'use client';

import { useRef, useState } from 'react';
import type { Fact } from '#components/ui/facts.tsx';
import { keyFault } from '#components/wallet/key-fault.ts';
import { encryptPayload, type EncryptedPayload } from '#components/wallet/payload.ts';
import { keepPayloadKey } from '#components/wallet/payload-keys.ts';
import { uploadPayload } from '#components/wallet/payload-upload.ts';
import { useSignedAction, type SignedAction } from '#components/wallet/use-signed-action.ts';
import type { RequestDraft } from './draft.ts';
import { keepRequest } from './kept-requests.ts';
import { publishArgs, type Request } from './request.ts';

export type PublishStep = 'idle' | 'encrypting' | 'uploading' | 'signing';

export interface Publishing {
  readonly step: PublishStep;
  /** Of the upload, from 0 to 1. */
  readonly done: number;
  /** Why nothing was published; undefined while all is well. */
  readonly problem: string | undefined;
  readonly action: SignedAction<'PublishDemand'>;
  /** Number of the demand, once it is on the ledger. */
  publish: (request: Request, of: { draft: RequestDraft; about: readonly Fact[] }) => Promise<number | undefined>;
  cancel: () => void;
}

/** Encrypt → keep the key → upload → sign. Nothing leaves this browser unencrypted, and what was uploaded is not sent a second time. */
export function usePublish(address: string, network: string): Publishing {
  const action = useSignedAction('PublishDemand', address);
  const [step, setStep] = useState<PublishStep>('idle');
  const [done, setDone] = useState(0);
  const [problem, setProblem] = useState<string>();
  const upload = useRef<AbortController | undefined>(undefined);
  /** What is at the portal already: a signature that was declined needs no second upload. */
  const sent = useRef<{ request: Request; payload: EncryptedPayload } | undefined>(undefined);

  async function bring(request: Request): Promise<EncryptedPayload | undefined> {
    if (request.work === undefined) return undefined;
    if (sent.current?.request === request) return sent.current.payload;
    setStep('encrypting');
    const payload = await encryptPayload(request.work.payload, network);
    await keepPayloadKey(address, payload.digest, payload.key);
    setDone(0);
    setStep('uploading');
    upload.current = new AbortController();
    const answer = await uploadPayload(payload.ciphertext, payload.digest, {
      onProgress: setDone,
      signal: upload.current.signal,
    });
    upload.current = undefined;
    if (!answer.ok) throw new NotSent(answer.sentence);
    sent.current = { request, payload };
    return payload;
  }

  async function publish(
    request: Request,
    of: { draft: RequestDraft; about: readonly Fact[] },
  ): Promise<number | undefined> {
    setProblem(undefined);
    try {
      const args = publishArgs(request, await bring(request));
      if (args === undefined) throw new NotSent('The program could not be encrypted. Nothing was published.');
      setStep('signing');
      const result = await action.run(args, of.about);
      const demand = result.ok ? Number(result.data.demand) : undefined;
      if (demand === undefined || !Number.isSafeInteger(demand)) return undefined;
      await keepRequest(address, demand, of.draft);
      return demand;
    } catch (error) {
      setProblem(
        error instanceof NotSent
          ? error.message
          : keyFault(error, 'This browser could not encrypt the program, or not keep its key. Nothing was published.'),
      );
      return undefined;
    } finally {
      setStep('idle');
    }
  }
  return { step, done, problem, action, publish, cancel: () => upload.current?.abort() };
}

/** Thrown with the sentence that the person reads. */
class NotSent extends Error {
  override readonly name = 'NotSent';
}
