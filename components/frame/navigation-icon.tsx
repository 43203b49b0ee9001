import {
  Activity,
  Blocks,
  Building2,
  CodeXml,
  KeyRound,
  ScrollText,
  Users,
  Webhook,
  Workflow,
  type LucideIcon,
} from "lucide-react";
import type { NavigationIcon as Name } from "@/components/frame/navigation";

const icons: Record<Name, LucideIcon> = {
  health: Activity,
  workflows: Workflow,
  editor: CodeXml,
  integrations: Blocks,
  organizations: Building2,
  users: Users,
  keys: KeyRound,
  webhooks: Webhook,
  audit: ScrollText,
};

export function NavigationIcon({ name }: { name: Name }) {
  const Icon = icons[name];
  return <Icon aria-hidden className="size-4 shrink-0" />;
}
