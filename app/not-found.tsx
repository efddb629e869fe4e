import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';
import { PageFrame } from './_components/page-frame.tsx';

export default function NotFoundPage() {
  return (
    <PageFrame width="narrow">
      <PageHeader
        title="There is nothing here that you may see"
        lead="The address is wrong, or what stands there concerns other people. Both look the same from outside, on purpose."
        actions={
          <>
            <LinkButton href="/catalogue" variant="primary">
              Open the catalogue
            </LinkButton>
            <LinkButton href="/explorer">Open the explorer</LinkButton>
          </>
        }
      />
    </PageFrame>
  );
}
