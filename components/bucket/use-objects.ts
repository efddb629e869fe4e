'use client';

import { useEffect, useState } from 'react';
import { countOf } from '#components/ui/count.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { Bucket, ObjectPage, StoreAnswer, StoredObject, UnfinishedUpload, UploadPage } from './bucket.ts';
import { openFileSink } from './file-sink.ts';
import { download, upload, type Watch } from './transfer.ts';

/** One file on its way up or down. */
export interface Transfer {
  readonly what: string;
  readonly bytes: number;
  /** Bytes that are through. */
  readonly through: number;
  readonly stop: () => void;
}

export interface Objects {
  /** Undefined before the first list. */
  readonly shown: ObjectPage | undefined;
  /** A short call is under way. */
  readonly isBusy: boolean;
  readonly transfer: Transfer | undefined;
  /** What went well last, in one sentence. */
  readonly said: string | undefined;
  readonly problem: string | undefined;
  list(): Promise<void>;
  /** The next page, below what is shown. */
  more(): Promise<void>;
  /** Files are stored one after the other, each under its own name. */
  store(files: readonly File[]): Promise<void>;
  save(object: StoredObject): Promise<void>;
  /** True always: a dialog that asked closes, and what went wrong stands beside the list. */
  remove(object: StoredObject): Promise<boolean>;
  /** Uploads that nobody finished; undefined before somebody looked. */
  readonly unfinished: UploadPage | undefined;
  lookForUnfinished(): Promise<void>;
  /** True always, as `remove`. */
  giveUp(upload: UnfinishedUpload): Promise<boolean>;
}

interface Outcome {
  readonly said?: string;
  readonly problem?: string;
}

const STOPPED = 'Stopped: nothing of this file was kept.';

/** Moves one file at a time. */
function useTransfer(onUsed: () => Promise<void>) {
  const [transfer, setTransfer] = useState<Transfer>();
  useAskBeforeLeaving(transfer !== undefined);
  /** One file; the sentence says why it did not come through. */
  async function move(
    what: string,
    bytes: number,
    run: (watch: Watch) => Promise<StoreAnswer<null>>,
  ): Promise<string | undefined> {
    const controller = new AbortController();
    const { signal } = controller;
    const showAt = (through: number): void => setTransfer({ what, bytes, through, stop: () => controller.abort() });
    showAt(0);
    const answer = await run({ signal, onProgress: showAt });
    setTransfer(undefined);
    void onUsed();
    if (answer.ok) return undefined;
    return signal.aborted ? STOPPED : answer.sentence;
  }
  return { transfer, move };
}

/** Short calls, one at a time, and what came of the last thing that was done. */
function useCalls(onUsed: () => Promise<void>) {
  const [isBusy, setIsBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>({});

  /** What a call answers; undefined when it did not, and then the reason is shown. */
  async function ask<Value>(make: () => Promise<StoreAnswer<Value>>): Promise<Value | undefined> {
    setIsBusy(true);
    const answer = await make();
    setIsBusy(false);
    void onUsed();
    if (answer.ok) return answer.value;
    setOutcome({ problem: answer.sentence });
    return undefined;
  }
  return { isBusy, ask, outcome, setOutcome };
}

/** Uploads that nobody finished, and their removal. */
function useUnfinished(
  bucket: Bucket,
  { ask, setOutcome }: Pick<ReturnType<typeof useCalls>, 'ask' | 'setOutcome'>,
): Pick<Objects, 'unfinished' | 'lookForUnfinished' | 'giveUp'> {
  const [unfinished, setUnfinished] = useState<UploadPage>();
  return {
    unfinished,
    async lookForUnfinished() {
      setOutcome({});
      const page = await ask(() => bucket.unfinished());
      if (page !== undefined) setUnfinished(page);
    },
    async giveUp(upload) {
      setOutcome({});
      const given = await ask(() => bucket.abortUpload(upload));
      if (given === undefined) return true;
      setUnfinished((now) => now && { ...now, uploads: now.uploads.filter(({ id }) => id !== upload.id) });
      setOutcome({ said: `The parts of ${isolatedText(upload.key)} are deleted, and their room is free.` });
      return true;
    },
  };
}

/** The state of a list of objects, and what can be done with it. One thing at a time. */
export function useObjects(bucket: Bucket, onUsed: () => Promise<void>): Objects {
  const [shown, setShown] = useState<ObjectPage>();
  const { transfer, move } = useTransfer(onUsed);
  const { isBusy, ask, outcome, setOutcome } = useCalls(onUsed);
  const unfinished = useUnfinished(bucket, { ask, setOutcome });

  async function show(): Promise<void> {
    const page = await ask(() => bucket.list(undefined));
    if (page !== undefined) setShown(page);
  }
  return {
    ...unfinished,
    shown,
    isBusy,
    transfer,
    said: outcome.said,
    problem: outcome.problem,
    async list() {
      setOutcome({});
      await show();
    },
    async more() {
      setOutcome({});
      const page = await ask(() => bucket.list(shown?.next));
      if (page !== undefined) setShown({ objects: [...(shown?.objects ?? []), ...page.objects], next: page.next });
    },
    async store(files) {
      setOutcome({});
      let stored = 0;
      let outcome: Outcome = {};
      for (const file of files) {
        const called = isolatedText(file.name);
        const problem = await move(`Uploading ${called}`, file.size, (watch) => upload(bucket, file.name, file, watch));
        if (problem !== undefined) {
          outcome = { problem: `${called}: ${problem}` };
          break;
        }
        stored += 1;
      }
      if (stored > 0) await show();
      setOutcome(stored > 0 ? { said: `${countOf(stored, 'file')} stored.`, ...outcome } : outcome);
    },
    async save(object) {
      setOutcome({});
      const name = object.key.split('/').findLast((part) => part !== '') ?? 'object';
      const sink = await openFileSink(name, object.bytes);
      if (sink === undefined) return;
      const problem = await move(`Downloading ${isolatedText(object.key)}`, object.bytes, (watch) =>
        download(bucket, object, sink, watch),
      );
      setOutcome(problem === undefined ? { said: `${isolatedText(name)} is saved.` } : { problem });
    },
    async remove(object) {
      setOutcome({});
      const removed = await ask(() => bucket.remove(object.key));
      if (removed === undefined) return true;
      setShown((now) => now && { ...now, objects: now.objects.filter(({ key }) => key !== object.key) });
      setOutcome({ said: `${isolatedText(object.key)} is deleted.` });
      return true;
    },
  };
}

/** A page that is closed takes what is under way with it. */
function useAskBeforeLeaving(isUnderWay: boolean): void {
  useEffect(() => {
    if (!isUnderWay) return undefined;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isUnderWay]);
}
