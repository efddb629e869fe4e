'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useMemo, useRef, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import type { Fact } from '#components/ui/facts.tsx';
import { useFirstWrongField } from '#components/ui/first-wrong-field.ts';
import { durationInWords, inWords } from '#components/ui/format.ts';
import { useKeptDraft } from '#components/ui/kept-draft.ts';
import { DraftNewsNote, Note } from '#components/ui/note.tsx';
import { ApiCall } from '#components/wallet/api-call.tsx';
import { publicKeyOf } from '#components/wallet/encryption-key.ts';
import { useEncryptionKey, type EncryptionKeyOfDevice } from '#components/wallet/use-encryption-key.ts';
import { WhatItDoes } from '#components/wallet/what-it-does.tsx';
import { BoundsFields } from './bounds-fields.tsx';
import { BuyingField } from './buying-field.tsx';
import { canMatch, EMPTY_REQUEST, isMatched, requestFrom, sampleRequest, type RequestDraft } from './draft.ts';
import { Foreseen, workFacts } from './foreseen.tsx';
import { FurtherFields } from './further-fields.tsx';
import { InputFields } from './input-fields.tsx';
import { findRequest } from './kept-requests.ts';
import { KindFields, NeedFields } from './need-fields.tsx';
import { ProgramFields, type DraftFieldsProps } from './program-fields.tsx';
import { PublishProgress } from './publish-progress.tsx';
import { relaxed, type Relaxation } from './relax.ts';
import { publishArgs, readRequest, type Chosen, type Request, type RequestErrors } from './request.ts';
import { DraftPanes } from './request-panes.tsx';
import type { PlaceDto } from '#lib/shared/demand-dto.ts';
import { useAssets } from './use-assets.ts';
import { useChosen, type ChosenFiles, type ChosenProgram, type RefusalOf } from './use-chosen.ts';
import { usePublish } from './use-publish.ts';

export interface RequestFormProps {
  address: string;
  /** genesisHash, hex. */
  network: string;
  purposes: readonly string[];
  fieldsOfBusiness: readonly string[];
  balanceMicro: string;
  /** Where something is on offer now. */
  places: readonly PlaceDto[];
  epochMs: number;
  /** What the form begins with: an earlier request with something relaxed, the sample, or what was left here. */
  begin: { readonly as: 'left' } | { readonly as: 'sample' } | ({ readonly as: 'again' } & Again);
  refusalOf: RefusalOf;
}

interface Again {
  readonly demand: number;
  readonly relax: Relaxation | undefined;
}

/** What is about to be published, for the dialog before the signature. */
function aboutRequest({ args, work }: Request): Fact[] {
  return [
    { name: 'Asked for', value: args.needs.map(({ kind }) => kind).join(', ') },
    ...(work === undefined ? [] : workFacts(work)),
    { name: 'For', value: durationInWords(Number(args.durationMs)) },
    { name: 'Purpose', value: `${inWords(args.purpose)}, in ${inWords(args.fieldOfBusiness)}` },
    ...(args.batch
      ? [
          {
            name: 'Bought by itself',
            value:
              'Yes: at the end of an epoch, whatever is matched within the budget, without asking you again. The money is held then, and only if something is matched.',
          },
          { name: 'Waits for a match', value: `for ${durationInWords(Number(args.openMs))}, or until you withdraw it` },
        ]
      : [{ name: 'Plans are looked for', value: `for ${durationInWords(Number(args.openMs))}` }]),
    { name: 'Seen by', value: 'you and brokers; providers of these kinds see neither you nor the budget' },
  ];
}

/** Each way to begin has a draft of its own: what was left in the empty form is not lost by a sample or an earlier request. */
function draftName(address: string, begin: RequestFormProps['begin']): string {
  if (begin.as === 'left') return `request:${address}`;
  return begin.as === 'sample' ? `request-sample:${address}` : `request-again:${address}:${JSON.stringify(begin)}`;
}

/** What stands in the form, once begun, and whether the request that it should begin with is not in this browser. */
function useRequestDraft({ address, balanceMicro, begin }: RequestFormProps) {
  const { draft, keep, forget, news } = useKeptDraft(draftName(address, begin), requestFrom);
  const [isMissing, setIsMissing] = useState(false);
  const now = useRef(draft);
  useEffect(() => {
    now.current = draft;
  }, [draft]);
  const { as } = begin;
  const again = as === 'again' ? JSON.stringify(begin) : '';
  useEffect(() => {
    let isCurrent = true;
    const start = async (): Promise<void> => {
      const first = again === '' ? sampleRequest(balanceMicro) : await againDraft(address, again);
      // What is kept already, here or by another tab, stays.
      if (!isCurrent || now.current !== undefined) return;
      if (first === undefined) setIsMissing(true);
      else keep(first);
    };
    if (as !== 'left') void start();
    return () => {
      isCurrent = false;
    };
  }, [address, balanceMicro, as, again, keep]);
  return { draft: draft ?? EMPTY_REQUEST, isBegun: draft !== undefined, keep, forget, news, isMissing };
}

async function againDraft(address: string, again: string): Promise<RequestDraft | undefined> {
  const { demand, relax } = JSON.parse(again) as Again;
  const draft = await findRequest(address, demand);
  return draft && ((relax && relaxed(draft, relax)) ?? draft);
}

/** Publishes the sample by itself as soon as it stands in the form, once; after a reload the person presses the button. */
function useSampleStart(isReady: boolean, publish: () => Promise<void>) {
  const latest = useRef(publish);
  const isStarted = useRef(false);
  useEffect(() => {
    latest.current = publish;
  });
  useEffect(() => {
    const [navigation] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    if (!isReady || isStarted.current || navigation?.type === 'reload') return undefined;
    const timer = setTimeout(() => {
      isStarted.current = true;
      void latest.current();
    }, 0);
    return () => clearTimeout(timer);
  }, [isReady]);
}

/** What was chosen for the draft, and the draft as it would be published. */
function useRead({ address, epochMs, refusalOf }: RequestFormProps, draft: RequestDraft) {
  const { program, files } = useChosen(address, draft, refusalOf);
  const encryption = useEncryptionKey(address);
  const { device } = encryption;
  const chosen = useMemo((): Chosen => {
    const encryptionKey = device && publicKeyOf(device);
    return {
      ...(program.state === 'there' ? { program: program.value } : {}),
      ...(files.state === 'there' ? { files: files.value.files } : {}),
      ...(encryptionKey === undefined ? {} : { encryptionKey }),
      epochMs,
    };
  }, [program, files, device, epochMs]);
  const read = useMemo(() => readRequest(draft, chosen), [draft, chosen]);
  return { program, files, encryption, chosen, read };
}

/** Configure, look at what it comes to, publish: one signature. What was typed is kept over a reload. */
export function RequestForm(props: RequestFormProps) {
  const { address, network } = props;
  const router = useRouter();
  const { draft, isBegun, keep, forget, news, isMissing } = useRequestDraft(props);
  const { program, files, encryption, chosen, read } = useRead(props, draft);
  const [isTried, setIsTried] = useState(false);
  const { form, focusFirstWrong } = useFirstWrongField<HTMLFormElement>();
  const publishing = usePublish(address, network);
  const errors: RequestErrors = isTried && !read.ok ? read.errors : {};

  async function publish() {
    setIsTried(true);
    if (!read.ok) {
      focusFirstWrong();
      return;
    }
    const demand = await publishing.publish(read.request, { draft, about: aboutRequest(read.request) });
    if (demand === undefined) return;
    forget();
    router.push(`/customer/requests/${demand}`);
  }
  useSampleStart(props.begin.as === 'sample' && isBegun && read.ok, publish);

  return (
    <form
      ref={form}
      aria-label="Request"
      onSubmit={(event) => {
        event.preventDefault();
        void publish();
      }}
    >
      <DraftNewsNote news={news} />
      {isMissing ? <NotKept /> : null}
      <DraftPanes
        {...(isMatched(draft) ? { plansTitle: 'Match' } : {})}
        configure={
          <ConfigureFields
            {...props}
            draft={draft}
            onChange={keep}
            errors={errors}
            program={program}
            files={files}
            encryption={encryption}
          />
        }
        analysis={<Foreseen draft={draft} chosen={chosen} read={read} />}
        plans={
          <>
            <WhatItDoes method="PublishDemand" />
            <PublishProgress publishing={publishing} />
            <div>
              <Button type="submit" variant="primary" size="lg" isPending={publishing.step !== 'idle'}>
                {isMatched(draft) ? 'Let it be matched and bought' : 'Find plans'}
              </Button>
            </div>
            <ApiCall method="PublishDemand" args={read.ok ? publishArgs(read.request) : undefined} />
          </>
        }
      />
    </form>
  );
}

type ConfigureFieldsProps = DraftFieldsProps &
  Pick<RequestFormProps, 'address' | 'purposes' | 'fieldsOfBusiness' | 'places' | 'epochMs'> & {
    encryption: EncryptionKeyOfDevice;
    program: ChosenProgram;
    files: ChosenFiles;
  };

function ConfigureFields(props: ConfigureFieldsProps) {
  const { address, purposes, fieldsOfBusiness, places, epochMs, program, files, encryption, ...fields } = props;
  const assets = useAssets(address);
  const { draft } = fields;
  return (
    <>
      <KindFields {...fields} />
      {draft.hasWork ? (
        <>
          <ProgramFields {...fields} assets={assets} program={program} />
          <InputFields {...fields} assets={assets} files={files} />
        </>
      ) : null}
      {draft.kinds.map((kind) => (
        <NeedFields key={kind} {...fields} kind={kind} places={places} />
      ))}
      {canMatch(draft) ? <BuyingField {...fields} address={address} epochMs={epochMs} encryption={encryption} /> : null}
      <BoundsFields {...fields} purposes={purposes} fieldsOfBusiness={fieldsOfBusiness} />
      <FurtherFields {...fields} places={places} />
    </>
  );
}

function NotKept() {
  return (
    <div className="mb-3">
      <Note kind="warning" title="That request was not written in this browser">
        Its program, inputs and bounds lie in the browser in which it was published: fill in the form anew.
      </Note>
    </div>
  );
}
