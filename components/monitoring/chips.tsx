import {
  BellRing,
  CircleAlert,
  CircleCheck,
  CircleDashed,
  CircleX,
  Eye,
  Info,
  TriangleAlert,
  Wrench,
} from 'lucide-react';
import { Chip, type ChipLook } from '#components/ui/chip.tsx';
import type { AlertDto, NodeStatus, Severity } from '#lib/shared/monitoring.ts';

const NODE_LOOKS: Readonly<Record<NodeStatus, ChipLook>> = {
  up: { tone: 'success', icon: CircleCheck, word: 'up' },
  suspected: { tone: 'warning', icon: CircleAlert, word: 'suspected' },
  failed: { tone: 'danger', icon: CircleX, word: 'failed' },
  unknown: { tone: 'neutral', icon: CircleDashed, word: 'unknown' },
};

/** How a node is, as the monitor found it. */
export function NodeStatusChip({ status }: { status: NodeStatus }) {
  return <Chip {...NODE_LOOKS[status]} />;
}

const SEVERITY_LOOKS: Readonly<Record<Severity, ChipLook>> = {
  critical: { tone: 'danger', icon: CircleX, word: 'critical' },
  warning: { tone: 'warning', icon: TriangleAlert, word: 'warning' },
  notice: { tone: 'accent', icon: Info, word: 'notice' },
};

export function SeverityChip({ severity }: { severity: Severity }) {
  return <Chip {...SEVERITY_LOOKS[severity]} />;
}

const STATE_LOOKS: Readonly<Record<AlertDto['state'], ChipLook>> = {
  firing: { tone: 'danger', icon: BellRing, word: 'firing' },
  acknowledged: { tone: 'accent', icon: Eye, word: 'acknowledged' },
  resolved: { tone: 'success', icon: CircleCheck, word: 'resolved' },
};

export function AlertStateChip({ state }: { state: AlertDto['state'] }) {
  return <Chip {...STATE_LOOKS[state]} />;
}

/** No alert is told of it now: somebody has announced work on it. */
export function MaintenanceChip() {
  return <Chip tone="accent" icon={Wrench} word="in maintenance" />;
}
