/**
 * Who this browser is signed in as, as its tabs tell each other: they share one cookie, and a tab that was opened for one person is
 * another's at the next question to the server. Each page that the server renders writes down whom it was rendered for.
 */

/** Null: nobody is signed in. */
export interface TabPerson {
  address: string;
  /** How the person is called on screens. */
  name: string;
}

const STORED = 'interpool-active-person';

function parse(text: string | null): TabPerson | null | undefined {
  if (text === null) return undefined;
  try {
    const { person } = JSON.parse(text) as { person: TabPerson | null };
    return person === null || (typeof person.address === 'string' && typeof person.name === 'string')
      ? person
      : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined when no tab has said anything, or nothing can be kept here. */
export function readActivePerson(): TabPerson | null | undefined {
  try {
    return parse(localStorage.getItem(STORED));
  } catch {
    return undefined;
  }
}

/** Tells every tab of this browser, also where it has been told the same before: only what changes is an event. */
export function writeActivePerson(person: TabPerson | null): void {
  try {
    localStorage.setItem(STORED, JSON.stringify({ person, said: Date.now() }));
  } catch {
    // Where nothing can be kept, each tab goes on as if it were alone.
  }
}

/** Calls `listener` when another tab has said who is active, and when this tab is looked at again. */
export function onActivePerson(listener: () => void): () => void {
  const heard = (event: StorageEvent) => {
    if (event.key === STORED) listener();
  };
  window.addEventListener('storage', heard);
  // A tab that was put to sleep, or came back from the history, has heard nothing meanwhile.
  window.addEventListener('pageshow', listener);
  document.addEventListener('visibilitychange', listener);
  return () => {
    window.removeEventListener('storage', heard);
    window.removeEventListener('pageshow', listener);
    document.removeEventListener('visibilitychange', listener);
  };
}

/** True when a page of `owner` (null: a public one) would be somebody else's at the next question to the server. */
export function isElsewhere(owner: TabPerson | null, active: TabPerson | null | undefined): boolean {
  if (owner === null || active === undefined) return false;
  return active?.address.toLowerCase() !== owner.address.toLowerCase();
}
