'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { checkModule, type ModuleFacts } from '#components/tasks/module-check.ts';
import { sampleOf } from '#components/tasks/samples.ts';
import { keyFault } from '#components/wallet/key-fault.ts';
import type { RefusedProgramDto } from '#lib/shared/demand-dto.ts';
import { findAsset } from './assets.ts';
import type { RequestDraft } from './draft.ts';
import { refusalInWords } from './words.ts';

interface Program {
  readonly label: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly facts: ModuleFacts;
}

/** `lost`: it is not where it should be, or nobody runs it, and why; another has to be chosen. */
type Loaded<Value> =
  | { readonly state: 'none' }
  | { readonly state: 'reading' }
  | { readonly state: 'there'; readonly value: Value }
  | { readonly state: 'lost'; readonly sentence: string };

export type ChosenProgram = Loaded<Program>;
export type ChosenFiles = Loaded<{ readonly label: string; readonly files: readonly Uint8Array[] }>;

/** The vote by which nobody runs a program any more, by its SHA-256; null while providers may. */
export type RefusalOf = (algorithm: string) => Promise<RefusedProgramDto | null>;

const NOT_HERE = 'This browser does not have it any more: choose it anew.';

/** The contract would refuse it too, but only once it was encrypted, sent and signed for: a portal that does not answer now leaves it to that. */
async function readProgram(address: string, digest: string, refusalOf: RefusalOf): Promise<ChosenProgram> {
  const refusal = await refusalOf(digest).catch(() => null);
  if (refusal !== null) return { state: 'lost', sentence: refusalInWords(refusal) };
  const sample = sampleOf(digest);
  const label = sample?.title ?? (await findAsset(address, digest))?.label ?? '';
  const bytes =
    sample === undefined ? (await findAsset(address, digest))?.files[0]?.bytes : await readFile(sample.file);
  if (bytes === undefined)
    return { state: 'lost', sentence: sample ? 'The portal did not give the sample: load the page again.' : NOT_HERE };
  const checked = checkModule(bytes);
  return checked.ok
    ? { state: 'there', value: { label, bytes, facts: checked.facts } }
    : { state: 'lost', sentence: checked.sentence };
}

async function readFile(address: string): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    const answer = await fetch(address);
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : undefined;
  } catch {
    return undefined;
  }
}

async function readFiles(address: string, digest: string): Promise<ChosenFiles> {
  const asset = await findAsset(address, digest);
  if (asset === undefined) return { state: 'lost', sentence: NOT_HERE };
  return { state: 'there', value: { label: asset.label, files: asset.files.map(({ bytes }) => bytes) } };
}

/** What is kept under a digest, read again when another one is named. `read`: the same function every time. */
function useLoaded<Value>(
  address: string,
  digest: string,
  read: (address: string, digest: string) => Promise<Loaded<Value>>,
): Loaded<Value> {
  const [loaded, setLoaded] = useState<{ digest: string; value: Loaded<Value> }>();
  useEffect(() => {
    if (digest === '') return undefined;
    let isCurrent = true;
    const take = (value: Loaded<Value>): void => {
      if (isCurrent) setLoaded({ digest, value });
    };
    read(address, digest).then(take, (error: unknown) =>
      take({ state: 'lost', sentence: keyFault(error, 'This browser did not give what it keeps: choose it anew.') }),
    );
    return () => {
      isCurrent = false;
    };
  }, [address, digest, read]);
  if (digest === '') return { state: 'none' };
  return loaded?.digest === digest ? loaded.value : { state: 'reading' };
}

export interface ChosenParts {
  readonly program: ChosenProgram;
  readonly files: ChosenFiles;
}

/** What a draft names by digest: the program and the files of its inputs, out of this browser or, for samples, from the portal. */
export function useChosen(
  address: string,
  draft: Pick<RequestDraft, 'algorithm' | 'files'>,
  refusalOf: RefusalOf,
): ChosenParts {
  const ask = useRef(refusalOf);
  useEffect(() => {
    ask.current = refusalOf;
  });
  const read = useCallback((owner: string, digest: string) => readProgram(owner, digest, ask.current), []);
  const program = useLoaded(address, draft.algorithm, read);
  const files = useLoaded(address, draft.files, readFiles);
  return { program, files };
}
