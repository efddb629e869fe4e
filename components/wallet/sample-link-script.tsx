/** Where the fragment waits between the page's parsing and the panel that asks about it. */
export const SAMPLE_FRAGMENT = 'interpoolSampleFragment';

const SCRIPT = `(function(){function take(e){var h=e?new URL(e.newURL).hash:location.hash;if(h.indexOf('#sample=')!==0)return;window.${SAMPLE_FRAGMENT}=h;history.replaceState(history.state,'',location.pathname+location.search)}take();addEventListener('hashchange',take)})()`;

/**
 * Takes a sample person's key out of the address bar while the page is parsed, before any other script runs, and at every change of the
 * fragment: the router writes its own address while it starts, and a fragment that came in between would be gone. The address of the
 * event is read, because the event comes after the change, and the router may have written between the two.
 */
export function SampleLinkScript({ nonce }: { nonce: string | undefined }) {
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: SCRIPT }} />;
}

const keeper = (): Record<string, string | undefined> => window as unknown as Record<string, string | undefined>;

/**
 * The fragment: from the script above, or from the address where the page was reached without being parsed, or only its fragment
 * changed. The key leaves the address bar and the history before anything else happens; here it stays until it is forgotten, because
 * the page may be put together again while it starts.
 */
export function takeSampleFragment(): string {
  if (window.location.hash) {
    keeper()[SAMPLE_FRAGMENT] = window.location.hash;
    // Given no state of its own Next keeps its address in step, and writes the old one nowhere later.
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }
  return keeper()[SAMPLE_FRAGMENT] ?? '';
}

/** The person has answered: the key is kept, or it is not wanted. */
export function forgetSampleFragment(): void {
  delete keeper()[SAMPLE_FRAGMENT];
}
