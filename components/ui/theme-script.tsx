const SCRIPT = `(function(){var t;try{t=localStorage.getItem('interpool-theme')}catch(e){}if(t!=='light'&&t!=='dark')t=matchMedia('(prefers-color-scheme: dark)').matches?'dark':'light';document.documentElement.setAttribute('data-theme',t)})()`;

/** Runs while the page is parsed, before anything is painted: no flash of the other theme. The nonce makes it the only inline script. */
export function ThemeScript({ nonce }: { nonce: string | undefined }) {
  return <script nonce={nonce} suppressHydrationWarning dangerouslySetInnerHTML={{ __html: SCRIPT }} />;
}
