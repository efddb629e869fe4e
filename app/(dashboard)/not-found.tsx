import { NotFoundNote } from '../_components/not-found-note.tsx';

export default function DashboardNotFoundPage() {
  return <NotFoundNote />;
}
