import { NotFoundNote } from './_components/not-found-note.tsx';
import { PageFrame } from './_components/page-frame.tsx';

export default function NotFoundPage() {
  return (
    <PageFrame width="narrow">
      <NotFoundNote />
    </PageFrame>
  );
}
