import { portalCodes, replaySentence, wordsOf } from '#lib/errors.ts';
import type { Readiness } from '#lib/queries/health.ts';

/** The page comes again by itself after this long. */
const RETRY_SECONDS = 5;

type Unready = Exclude<Readiness, { state: 'ready' }>;

interface Words {
  title: string;
  sentence: string;
}

const page = (nonce: string, { title, sentence }: Words): string => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${RETRY_SECONDS}">
<title>${title} · Interpool</title>
<style nonce="${nonce}">body{font:1rem/1.5 system-ui,sans-serif;max-width:42rem;margin:4rem auto;padding:0 1rem}h1{font-size:1.25rem}</style>
</head>
<body>
<main id="main">
<h1>${title}</h1>
<p role="alert">${sentence}</p>
<p>This page tries again every ${RETRY_SECONDS} seconds.</p>
</main>
</body>
</html>
`;

function wordsFor(readiness: Unready): Words {
  switch (readiness.state) {
    case 'away':
      return {
        title: 'The portal’s database cannot be reached',
        sentence: wordsOf(portalCodes.DATABASE_UNAVAILABLE).sentence,
      };
    case 'replaying':
      return { title: 'The portal is reading the ledger', sentence: replaySentence(readiness.percent) };
  }
}

/** The answer to a page or an action that cannot be made now: it needs nothing that could be away as well. */
export function unavailable(readiness: Unready, options: { nonce: string; isAction: boolean }): Response {
  const words = wordsFor(readiness);
  // The router shows an action's plain text as its error, and a page of another type by loading it whole.
  const type = options.isAction ? 'text/plain' : 'text/html; charset=utf-8';
  return new Response(options.isAction ? words.sentence : page(options.nonce, words), {
    status: 503,
    headers: { 'content-type': type, 'cache-control': 'no-store', 'retry-after': String(RETRY_SECONDS) },
  });
}
