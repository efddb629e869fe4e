import { useEffect, useState } from 'react';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { KeptAlgorithm } from './answers.ts';
import type { Answer, Computer } from './computer.ts';
import { sampleOf, type SampleAlgorithm } from './samples.ts';
import { sha256Hex } from '#components/ui/sha256.ts';

/** An algorithm that the gateway keeps, by the name that people know it by here. */
export interface NamedAlgorithm extends KeptAlgorithm {
  readonly name: string;
}

export interface Algorithms {
  /** Undefined before the gateway has answered. */
  readonly kept: readonly NamedAlgorithm[] | undefined;
  /** The one that runs are made with; '' while there is none. */
  readonly chosen: string;
  choose(digest: string): void;
  /** What is on its way to the gateway. */
  readonly sending: string | undefined;
  readonly said: string | undefined;
  readonly problem: string | undefined;
  /** Sends a module of this portal's, or one from this machine. The one that was kept is chosen. */
  addSample(sample: SampleAlgorithm): Promise<void>;
  addFile(file: File): Promise<void>;
  /** True always: a dialog that asked closes, and what went wrong stands beside the list. */
  drop(algorithm: NamedAlgorithm): Promise<boolean>;
}

/** The gateway names a module by its digest alone; a file's name is known to this page until it is left. */
function nameOf(digest: string, fileNames: ReadonlyMap<string, string>): string {
  return sampleOf(digest)?.title ?? fileNames.get(digest) ?? `module ${digest.slice(0, 12)}`;
}

async function readSample({ file }: SampleAlgorithm): Promise<Blob | undefined> {
  try {
    const answer = await fetch(file);
    return answer.ok ? await answer.blob() : undefined;
  } catch {
    return undefined;
  }
}

interface Outcome {
  readonly said?: string;
  readonly problem?: string;
}

/** The algorithms of an order, asked for when the page opens. */
export function useAlgorithms(
  computer: Computer,
  { onUsed, onChosen }: { onUsed: () => Promise<void>; onChosen: () => void },
): Algorithms {
  const [kept, setKept] = useState<readonly KeptAlgorithm[]>();
  const [fileNames, setFileNames] = useState<ReadonlyMap<string, string>>(new Map());
  const [wanted, setWanted] = useState('');
  const [sending, setSending] = useState<string>();
  const [outcome, setOutcome] = useState<Outcome>({});
  const chosen = kept?.find(({ digest }) => digest === wanted)?.digest ?? kept?.[0]?.digest ?? '';

  useEffect(() => {
    let isCurrent = true;
    void computer.algorithms().then((answer) => {
      if (!isCurrent) return;
      if (answer.ok) setKept(answer.value);
      else setOutcome({ problem: answer.sentence });
    });
    return () => {
      isCurrent = false;
    };
  }, [computer]);

  function choose(digest: string) {
    setWanted(digest);
    onChosen();
  }
  function keep(answer: Answer<KeptAlgorithm>, name: string) {
    if (!answer.ok) return setOutcome({ problem: answer.sentence });
    const { value } = answer;
    setKept((now = []) => [...now.filter(({ digest }) => digest !== value.digest), value]);
    choose(value.digest);
    setOutcome({ said: `${name} is kept under its SHA-256 ${value.digest}.` });
  }
  async function send(name: string, read: () => Promise<Blob | undefined>): Promise<void> {
    setOutcome({});
    setSending(name);
    const sent = await read();
    if (sent === undefined) setOutcome({ problem: 'The portal did not give the module: load the page again.' });
    else keep(await computer.add(sent), name);
    setSending(undefined);
    await onUsed();
  }
  return {
    kept: kept?.map((algorithm) => ({ ...algorithm, name: nameOf(algorithm.digest, fileNames) })),
    chosen,
    choose,
    sending,
    said: outcome.said,
    problem: outcome.problem,
    addSample: (sample) => send(sample.title, () => readSample(sample)),
    async addFile(file) {
      const name = isolatedText(file.name);
      await send(name, async () => {
        const bytes = await file.arrayBuffer();
        const digest = await digestOf(bytes);
        if (digest !== undefined) setFileNames((now) => new Map(now).set(digest, name));
        return new Blob([bytes]);
      });
    },
    async drop({ digest, name }) {
      setOutcome({});
      const answer = await computer.drop(digest);
      if (answer.ok) setKept((now) => now?.filter((other) => other.digest !== digest));
      setOutcome(answer.ok ? { said: `${name} is deleted.` } : { problem: answer.sentence });
      await onUsed();
      return true;
    },
  };
}

/** SHA-256, hex; undefined where the browser has none, on a page over plain http that is not of this machine. */
async function digestOf(bytes: ArrayBuffer): Promise<string | undefined> {
  if (!window.isSecureContext) return undefined;
  return sha256Hex(bytes);
}
