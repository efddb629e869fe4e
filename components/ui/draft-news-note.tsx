'use client';

import type { DraftNews } from './kept-draft.ts';
import { Note } from './note.tsx';

const WORDS: Readonly<Record<DraftNews, string>> = {
  changed: 'This draft was changed in another tab of this browser, and stands here as it was left there.',
  clashed:
    'Another tab of this browser had changed this draft before: it stands here as it was left there, and your last change here was not kept. Make it again.',
  gone: 'What you were writing was finished in another tab of this browser. This form begins anew.',
};

/** What another tab did to the draft on the page: nothing is replaced unsaid. */
export function DraftNewsNote({ news }: { news: DraftNews | undefined }) {
  if (news === undefined) return null;
  return (
    <div className="mb-3">
      <Note kind={news === 'clashed' ? 'warning' : 'info'} isLive>
        {WORDS[news]}
      </Note>
    </div>
  );
}
