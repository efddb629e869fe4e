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

/** What was said last, as it was written; null when no tab has said anything, or nothing can be kept here. */
function readSaid(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

/** Undefined when no tab has said anything, or nothing can be kept here. */
export function readActivePerson(): TabPerson | null | undefined {
  return parse(readSaid());
}

const ASK_MS = 5_000;
const AGAIN_MS = 2_000;

/** Address that the server knows this browser by now; null for nobody. Throws where it does not answer. */
async function askActivePerson(): Promise<string | null> {
  const response = await fetch('/api/active-person', { cache: 'no-store', signal: AbortSignal.timeout(ASK_MS) });
  if (!response.ok) throw new Error(`The portal answered with ${response.status}.`);
  return ((await response.json()) as { address: string | null }).address;
}

/**
 * Tells `tell` who is active as the tabs say it (undefined: none has), each time one of them speaks. Where another tab was rendered
 * earlier and spoke later, the server's word counts, and this tab passes it on; it is asked until it answers, because no tab may speak
 * again. Returns what ends it.
 */
export function followActivePerson(
  self: TabPerson | null,
  tell: (active: TabPerson | null | undefined) => void,
  ask: () => Promise<string | null> = askActivePerson,
): () => void {
  let looks = 0;
  let again: ReturnType<typeof setTimeout> | undefined;
  const look = async (): Promise<void> => {
    clearTimeout(again);
    looks += 1;
    const own = looks;
    const said = readSaid();
    const told = parse(said);
    // Said before the server is asked: an answer that is late, or never comes, must not leave the page open to the wrong person's hand.
    tell(told);
    if (self === null || !isElsewhere(self, told)) return;
    const known = await ask().catch(() => undefined);
    // What was asked before somebody else spoke says nothing about who is active now.
    if (own !== looks) return;
    if (known === undefined) {
      again = setTimeout(() => void look(), AGAIN_MS);
      return;
    }
    // A tab may have spoken whose word this one reads already and has yet to hear.
    if (readSaid() !== said) return look();
    if (known?.toLowerCase() !== self.address.toLowerCase()) return;
    writeActivePerson(self);
    tell(self);
  };
  const stop = onActivePerson(() => void look());
  return () => {
    looks = Infinity;
    clearTimeout(again);
    stop();
  };
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
function onActivePerson(listener: () => void): () => void {
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
