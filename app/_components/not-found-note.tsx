import { LinkButton } from '#components/ui/link-button.tsx';
import { PageHeader } from '#components/ui/page-header.tsx';

/** The same words for what does not exist and for what is not yours to know. */
export function NotFoundNote() {
  return (
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
  );
}
