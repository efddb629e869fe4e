'use client';

import { useEffect, useState } from 'react';
import { generatePrivateKey } from 'viem/accounts';
import { useConnectors } from 'wagmi';
import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { Field } from '#components/ui/field.tsx';
import { shorten } from '#components/ui/format.ts';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { BROWSER_KEY_ID } from './browser-key.ts';
import { keyFault, lackOf } from './key-fault.ts';
import { KeyImport } from './key-import.tsx';
import { forgetKey, keepKey, listPeople, type Person } from './key-vault.ts';
import { parseSampleLink, type SampleLink } from './sample-link.ts';
import { forgetSampleFragment, takeSampleFragment } from './sample-link-script.tsx';
import { useSignIn, type SignIn } from './use-sign-in.ts';
import { Foreign } from '#components/ui/foreign.tsx';
import { isolatedText, visibleText } from '#ledger/contracts/shared/foreign-text.ts';

/** Who is kept in this browser, what a sample link offers, and what stands in the way. */
function useKept() {
  const [people, setPeople] = useState<Person[]>();
  const [sample, setSample] = useState<SampleLink>();
  const [fault, setFault] = useState<string>();
  const [isDamaged, setIsDamaged] = useState(false);

  useEffect(() => {
    const look = () => {
      const fragment = takeSampleFragment();
      const link = parseSampleLink(fragment);
      setIsDamaged(link === undefined && fragment.startsWith('#sample='));
      const show = (kept: Person[]) => {
        setPeople(kept);
        setFault(lackOf());
        if (link) setSample(link);
      };
      listPeople().then(show, (error: unknown) => {
        show([]);
        setFault(keyFault(error, 'This browser did not say which keys it keeps.'));
      });
    };
    look();
    // A link that differs in its fragment alone loads no page.
    window.addEventListener('hashchange', look);
    return () => window.removeEventListener('hashchange', look);
  }, []);

  async function reload() {
    setPeople(await listPeople());
  }

  return { people, sample, fault, isDamaged, reload, forgetSample: () => setSample(undefined) };
}

/** Every way to sign in: a sample link, a key kept here, an injected wallet, a new key, a key file. */
export function SignInPanel({ next }: { next: string }) {
  const signIn = useSignIn(next);
  const { people, sample, fault, isDamaged, reload, forgetSample } = useKept();
  return (
    <div className="flex flex-col">
      <ProblemNote title="Not signed in" sentence={signIn.sentence} />
      <ProblemNote title="No key can be kept here" sentence={fault} />
      <ProblemNote
        title="This link holds no key"
        sentence={
          isDamaged
            ? 'It was cut short or changed on its way: copy the whole link again from where the start printed it.'
            : undefined
        }
      />
      {sample ? (
        <SampleOffer
          sample={sample}
          people={people ?? []}
          signIn={signIn}
          onDismiss={() => {
            forgetSampleFragment();
            forgetSample();
          }}
          onKept={() => {
            forgetSampleFragment();
            return reload();
          }}
        />
      ) : null}
      <People people={people} signIn={signIn} onForgotten={reload} />
      <InjectedWallets signIn={signIn} />
      {fault ? null : (
        <>
          <NewKey signIn={signIn} onKept={reload} />
          <Section title="A key from elsewhere">
            <KeyImport
              onImported={async (address) => {
                await reload();
                await signIn.withPerson(address);
              }}
            />
          </Section>
        </>
      )}
    </div>
  );
}

interface SampleOfferProps {
  sample: SampleLink;
  people: readonly Person[];
  signIn: SignIn;
  onDismiss: () => void;
  onKept: () => Promise<void>;
}

function SampleOffer({ sample, people, signIn, onDismiss, onKept }: SampleOfferProps) {
  const [sentence, setSentence] = useState<string>();
  const known = people.find((person) => person.address === sample.address);
  async function keep() {
    const kept = await keepKey(sample.secretKey, sample.name);
    if (!kept.ok) {
      setSentence(kept.sentence);
      return;
    }
    await onKept();
    await signIn.withPerson(sample.address);
  }
  return (
    <Section title={`Sign in as ${visibleText(sample.name)}`}>
      <Panel>
        <p>
          This link carries the secret key of the sample person{' '}
          <strong>
            <Foreign text={sample.name} />
          </strong>
          , address <span className="font-mono text-[0.8125rem]">{shorten(sample.address)}</span>. It has been taken out
          of the address bar.
        </p>
        <p className="mt-2 text-muted">
          {known
            ? `This browser already keeps this key${known.name === sample.name ? '' : ` as “${isolatedText(known.name)}”; it will be renamed`}.`
            : `Keep it in this browser, encrypted, and sign in? ${people.length > 0 ? 'The keys that are already here stay; you can switch at any time.' : 'You can remove it at any time.'}`}
        </p>
        <div className="mt-3 flex flex-wrap gap-2">
          <Button variant="primary" isPending={signIn.pending === sample.address} onPress={keep}>
            {known
              ? `Sign in as ${visibleText(sample.name)}`
              : `Keep the key and sign in as ${visibleText(sample.name)}`}
          </Button>
          <Button onPress={onDismiss}>Do not keep it</Button>
        </div>
        <div className="mt-2">
          <ProblemNote sentence={sentence} />
        </div>
      </Panel>
    </Section>
  );
}

function People({
  people,
  signIn,
  onForgotten,
}: {
  people: Person[] | undefined;
  signIn: SignIn;
  onForgotten: () => Promise<void>;
}) {
  if (!people || people.length === 0) return null;
  return (
    <Section title="Keys in this browser">
      <ul className="divide-y divide-separator rounded-md border border-border bg-surface">
        {people.map((person) => (
          <li key={person.address} className="flex flex-wrap items-center justify-between gap-2 px-3 py-2">
            <span className="min-w-0">
              <span className="block font-medium break-words">
                <Foreign text={person.name} />
              </span>
              <span className="font-mono text-xs text-muted">{shorten(person.address)}</span>
            </span>
            <span className="flex gap-2">
              <Button
                variant="primary"
                label={`Sign in as ${visibleText(person.name)}`}
                isPending={signIn.pending === person.address}
                onPress={() => void signIn.withPerson(person.address)}
              >
                Sign in
              </Button>
              <ConfirmDialog
                trigger="Remove"
                title={`Remove the key of ${isolatedText(person.name)}?`}
                confirm="Remove the key"
                confirmVariant="danger"
                onConfirm={async () => {
                  await forgetKey(person.address);
                  await onForgotten();
                  return true;
                }}
              >
                <p>
                  Without an exported key file the account <span className="font-mono">{shorten(person.address)}</span>{' '}
                  and everything it holds can never be used again. Nobody else has this key.
                </p>
              </ConfirmDialog>
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function InjectedWallets({ signIn }: { signIn: SignIn }) {
  const connectors = useConnectors().filter((connector) => connector.id !== BROWSER_KEY_ID);
  return (
    <Section title="A wallet extension">
      {connectors.length === 0 ? (
        <p className="text-muted">
          No wallet has announced itself in this browser. You need none: a key made here does the same.
        </p>
      ) : (
        <div className="flex flex-wrap gap-2">
          {connectors.map((connector) => (
            <Button
              key={connector.uid}
              isPending={signIn.pending === connector.name}
              onPress={() => void signIn.withWallet(connector)}
            >
              {`Sign in with ${visibleText(connector.name)}`}
            </Button>
          ))}
        </div>
      )}
    </Section>
  );
}

function NewKey({ signIn, onKept }: { signIn: SignIn; onKept: () => Promise<void> }) {
  const [name, setName] = useState('');
  const [error, setError] = useState<string>();
  async function make() {
    if (!name.trim()) {
      setError('Give the key a name, so that you can tell it from others in this browser.');
      return;
    }
    const kept = await keepKey(generatePrivateKey(), name);
    if (!kept.ok) {
      setError(kept.sentence);
      return;
    }
    setError(undefined);
    await onKept();
    await signIn.withPerson(kept.person.address);
  }
  return (
    <Section title="A new key in this browser">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Field
          label="Name of the key"
          name="key-name"
          value={name}
          onChange={setName}
          error={error}
          maxLength={80}
          autoComplete="off"
          description="Only this browser uses it, for example “Purchasing”."
        />
        <div>
          <Button type="submit">Make a key and sign in</Button>
        </div>
        <Note kind="info">
          The key is made here, kept encrypted in this browser and never leaves it. Export it on the account page before
          you rely on it.
        </Note>
      </form>
    </Section>
  );
}
