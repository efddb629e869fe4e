'use client';

import { createContext, use, useCallback, useEffect, useState, type ReactNode } from 'react';
import { useRouter } from 'next/navigation';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import {
  followActivePerson,
  isElsewhere,
  readActivePerson,
  writeActivePerson,
  type TabPerson,
} from './active-person.ts';
import { Button } from './button.tsx';
import { openDocument } from './document.ts';
import { Note } from './note.tsx';
import { Text } from './text.tsx';

/** True while another person is active in this browser than the one that this page was rendered for: nothing may be asked of the server then. */
const OtherPersonContext = createContext(false);

export function useIsOtherPersonActive(): boolean {
  return use(OtherPersonContext);
}

/** Whom the page was rendered for. */
const OwnerContext = createContext<TabPerson | null>(null);

/** Asks at the moment itself, before the page has heard of it, whether another person is active than the page's. */
export function useIsElsewhereNow(): () => boolean {
  // By its address, which stays the same from one rendering to the next.
  const address = use(OwnerContext)?.address;
  return useCallback(
    () => isElsewhere(address === undefined ? null : { address, name: '' }, readActivePerson()),
    [address],
  );
}

export interface TabOwnerProps {
  /** Whom the server rendered the page for; null for nobody. */
  rendered: TabPerson | null;
  /** Makes the owner active again; false when that takes a new sign-in. */
  switchTo: (address: string) => Promise<boolean>;
  children: ReactNode;
}

/** The person who is active instead of the owner; undefined while the owner is. */
function useOther(owner: TabPerson | null) {
  const [active, setActive] = useState<TabPerson | null>();
  const address = owner?.address;
  const name = owner?.name;
  useEffect(() => {
    writeActivePerson(address === undefined || name === undefined ? null : { address, name });
  }, [address, name]);
  useEffect(
    () => followActivePerson(address === undefined || name === undefined ? null : { address, name }, setActive),
    [address, name],
  );
  return isElsewhere(owner, active) ? { person: active ?? null } : undefined;
}

/**
 * Whom the tab was opened for, and whether what the server has just rendered is another person's: a part of the page that was asked for
 * before somebody signed in, and rendered after. Signed out or in again it is the tab of whoever comes next.
 */
function useTabsOwner(rendered: TabPerson | null): { owner: TabPerson | null; isForeign: boolean } {
  const [owner, setOwner] = useState(rendered);
  const isForeign = rendered !== null && isElsewhere(owner, rendered);
  if (!isForeign && (owner?.address !== rendered?.address || owner?.name !== rendered?.name)) setOwner(rendered);
  return { owner, isForeign };
}

/**
 * Keeps a page its owner's. When another person signs in in this browser, the page stays as it is, with what was typed, says so and
 * offers to switch; until then nothing on it can be pressed, because the server would take it for the other one's.
 */
export function TabOwner({ rendered, switchTo, children }: TabOwnerProps) {
  const router = useRouter();
  const { owner, isForeign } = useTabsOwner(rendered);
  const told = useOther(owner);
  const other = isForeign ? { person: rendered } : told;
  const isOther = other !== undefined;
  const isBack = isForeign && told === undefined;
  useEffect(() => {
    if (isBack) router.refresh();
  }, [isBack, router]);
  return (
    <OwnerContext value={owner}>
      <OtherPersonContext value={isOther}>
        {owner !== null && other !== undefined ? (
          <OtherPersonNote owner={owner} other={other.person} isCovered={isForeign} switchTo={switchTo} />
        ) : null}
        <div className={isForeign ? 'hidden' : 'contents'} inert={isOther}>
          {children}
        </div>
      </OtherPersonContext>
    </OwnerContext>
  );
}

interface OtherPersonNoteProps {
  owner: TabPerson;
  other: TabPerson | null;
  /** True while the page under the note is the other person's, and hidden. */
  isCovered: boolean;
  switchTo: (address: string) => Promise<boolean>;
}

function OtherPersonNote({ owner, other, isCovered, switchTo }: OtherPersonNoteProps) {
  const [isPending, setIsPending] = useState(false);
  const [mustSignIn, setMustSignIn] = useState(false);
  const own = isolatedText(owner.name);
  const theirs = isolatedText(other?.name ?? '');
  const switchBack = useCallback(async () => {
    setIsPending(true);
    // The other tabs hear it first: what they ask of the server from now on would be asked as this person.
    const before = readActivePerson() ?? null;
    writeActivePerson(owner);
    const isActive = await switchTo(owner.address).catch(() => false);
    setIsPending(false);
    setMustSignIn(!isActive);
    // Once more after the server has switched: a tab that asked it in between was told of the person before.
    writeActivePerson(isActive ? owner : before);
    // Only other tabs hear what is written; this one looks for itself.
    if (isActive) window.dispatchEvent(new Event('pageshow'));
  }, [owner, switchTo]);
  return (
    <div className="sticky top-0 z-50 border-b border-border bg-surface px-4 py-3">
      <div className="mx-auto max-w-7xl">
        <Note kind="warning" title={`This page is ${own}’s`} isLive>
          <p>
            {`${other === null ? 'Nobody is signed in in this browser any more.' : `This browser is signed in as ${theirs} now.`} ${isCovered ? 'The page comes back once you switch.' : 'What stands here, and what was typed, stays as it is.'}`}
          </p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button variant="primary" isPending={isPending} onPress={() => void switchBack()}>
              {`Switch to ${own}`}
            </Button>
            <Button onPress={() => openDocument(other === null ? '/' : '/home')}>
              {other === null ? 'Leave this page' : `Go on as ${theirs}`}
            </Button>
          </div>
          {mustSignIn ? (
            <p className="mt-2">
              <Text>{`The session of ${own} has ended. `}</Text>
              <a href="/sign-in" target="_blank" rel="noreferrer" className="prose-link">
                Sign in again in another tab
              </a>
              <Text>; this page goes on then.</Text>
            </p>
          ) : null}
        </Note>
      </div>
    </div>
  );
}
