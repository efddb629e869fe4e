'use client';

import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Field } from '#components/ui/field.tsx';
import { Note, ProblemNote } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { whyNoAnswer } from '#components/ui/portal-version.ts';
import { webhookShape, type Severity, type WebhookInput } from '#lib/shared/monitoring.ts';
import { GRAVEST_FIRST } from './words.ts';

export type Added = { readonly ok: true; readonly secret: string } | { readonly ok: false; readonly sentence: string };

function Secret({ secret }: { secret: string }) {
  return (
    <Note kind="success" title="The webhook is added. Keep its secret: it is shown this once." isLive>
      <span className="font-mono text-xs break-all">{secret}</span>{' '}
      <CopyButton text={secret} what="secret" isLabelled />
    </Note>
  );
}

/** Takes an address that is told of alerts, and shows its secret: this once. */
export function WebhookForm({ add }: { add: (input: WebhookInput) => Promise<Added> }) {
  const [url, setUrl] = useState('');
  const [severityMin, setSeverityMin] = useState<Severity>('warning');
  const [isBusy, setIsBusy] = useState(false);
  const [added, setAdded] = useState<Added>();
  const [error, setError] = useState<string>();
  async function send() {
    setAdded(undefined);
    const isSound = webhookShape.safeParse({ url: url.trim(), severityMin }).success;
    setError(isSound ? undefined : 'Write an address that begins with https:// or http://, without a user name.');
    if (!isSound) return;
    setIsBusy(true);
    try {
      const result = await add({ url: url.trim(), severityMin });
      setAdded(result);
      if (result.ok) setUrl('');
    } catch {
      setAdded({
        ok: false,
        sentence: await whyNoAnswer('The portal did not answer: look at the list before you try again.'),
      });
    }
    setIsBusy(false);
  }
  return (
    <Panel>
      <form
        aria-label="Add a webhook"
        className="flex flex-col gap-3"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void send();
        }}
      >
        <div className="grid items-start gap-3 sm:grid-cols-[1fr_12rem]">
          <Field
            label="Address"
            name="url"
            value={url}
            onChange={setUrl}
            error={error}
            type="url"
            inputMode="url"
            maxLength={500}
            autoComplete="off"
            placeholder="https://"
            description="Is sent a signed message (Standard Webhooks) when an alert fires, comes and goes, or is over."
          />
          <Select
            label="From this severity on"
            name="severityMin"
            value={severityMin}
            onChange={(value) => setSeverityMin(value as Severity)}
            options={GRAVEST_FIRST.map((value) => ({ value, label: value }))}
          />
        </div>
        <ProblemNote sentence={added?.ok === false ? added.sentence : undefined} />
        {added?.ok ? <Secret secret={added.secret} /> : null}
        <div>
          <Button type="submit" variant="primary" isPending={isBusy} isDisabled={url.trim() === ''}>
            Add the webhook
          </Button>
        </div>
      </form>
    </Panel>
  );
}
