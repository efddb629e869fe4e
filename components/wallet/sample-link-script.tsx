/** Where the fragment waits between the page's parsing and the panel that asks about it. */
export const SAMPLE_FRAGMENT = 'interpoolSampleFragment';

const SCRIPT = `(function(){var h=location.hash;if(h.indexOf('#sample=')!==0)return;window.${SAMPLE_FRAGMENT}=h;history.replaceState(history.state,'',location.pathname+location.search)})()`;

/** Takes a sample person's key out of the address bar while the page is parsed, before any other script runs. */
export function SampleLinkScript({ nonce }: { nonce: string | undefined }) {
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: SCRIPT }} />;
}

/**
 * The fragment, once: from the script above, or from the address where the page was reached without being parsed, or only its fragment
 * changed. The key leaves the address bar and the history before anything else happens.
 */
export function takeSampleFragment(): string {
  const keeper = window as unknown as Record<string, string | undefined>;
  const fragment = keeper[SAMPLE_FRAGMENT] ?? window.location.hash;
  delete keeper[SAMPLE_FRAGMENT];
  if (window.location.hash) {
    // Given no state of its own Next keeps its address in step, and writes the old one nowhere later.
    window.history.replaceState(null, '', window.location.pathname + window.location.search);
  }
  return fragment;
}
