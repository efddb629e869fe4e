import type { Metadata } from 'next';
import { LiveRefresh } from '#components/ledger/live-updates.tsx';
import { HEARTBEAT_READ_EVERY_MS } from '#components/monitoring/live.ts';
import { RuleList } from '#components/monitoring/rule-list.tsx';
import { WebhookForm } from '#components/monitoring/webhook-form.tsx';
import { WebhookList } from '#components/monitoring/webhook-list.tsx';
import { EmptyState } from '#components/ui/note.tsx';
import { PageHeader, Section } from '#components/ui/page-header.tsx';
import { getAlertRules, getWebhooks } from '#lib/queries/alerts.ts';
import { addHook, changeHook, changeRule, removeHook } from '../../../_monitoring.ts';
import { RoleMissing } from '../../../_components/role-missing.tsx';
import { holdsRole, withAccount } from '../../../_session.ts';

export const metadata: Metadata = { title: 'Rules and webhooks' };

export default async function RulesPage() {
  const session = await withAccount('/maintainer/rules');
  if (!holdsRole(session, 'NRNSM')) return <RoleMissing title="Rules and webhooks" role="NRNSM" />;
  const [rules, webhooks] = await Promise.all([getAlertRules(), getWebhooks()]);
  return (
    <>
      <LiveRefresh ids={[]} everyMs={HEARTBEAT_READ_EVERY_MS} />
      <PageHeader
        title="Rules and webhooks"
        lead="When an alert fires, how grave it is, and who is told of it outside this portal."
      />
      <Section title="Webhooks">
        <div className="flex flex-col gap-3">
          {webhooks.length === 0 ? (
            <EmptyState title="Nobody outside this portal is told">
              A webhook is an address of yours that is sent a signed message for each alert.
            </EmptyState>
          ) : (
            <WebhookList webhooks={webhooks} change={changeHook} remove={removeHook} />
          )}
          <WebhookForm add={addHook} />
        </div>
      </Section>
      <Section title="Alert rules">
        <RuleList rules={rules} change={changeRule} />
      </Section>
    </>
  );
}
