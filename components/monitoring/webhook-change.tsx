'use client';

import { Button } from '#components/ui/button.tsx';
import { ConfirmDialog } from '#components/ui/dialog.tsx';
import { ProblemNote } from '#components/ui/note.tsx';
import type { WebhookInput } from '#lib/shared/monitoring.ts';
import type { Act } from './act.ts';
import { useAct } from './use-act.ts';

export type WebhookChange = { webhook: number; isEnabled: boolean } & WebhookInput;

export interface WebhookButtonsProps {
  webhook: WebhookChange;
  change: Act<WebhookChange>;
  remove: Act<number>;
}

/** Pauses a webhook, has it go on, or removes it. */
export function WebhookButtons({ webhook, change, remove }: WebhookButtonsProps) {
  const changing = useAct(change);
  const removing = useAct(remove);
  const { isEnabled } = webhook;
  return (
    <div className="flex flex-wrap items-center gap-2">
      <ProblemNote sentence={changing.sentence} />
      <Button isPending={changing.isBusy} onPress={() => void changing.run({ ...webhook, isEnabled: !isEnabled })}>
        {isEnabled ? 'Pause it' : 'Go on'}
      </Button>
      <ConfirmDialog
        trigger="Remove it"
        title="Remove this webhook?"
        confirm="Remove the webhook"
        confirmVariant="danger"
        isPending={removing.isBusy}
        onConfirm={() => removing.run(webhook.webhook)}
      >
        <p>It is told of nothing any more, and what was told it is forgotten. Its secret cannot be had again.</p>
        <ProblemNote sentence={removing.sentence} />
      </ConfirmDialog>
    </div>
  );
}
