import { noteNavigation } from "@/components/ui/navigation-start";

export function onRouterTransitionStart(): void {
  noteNavigation();
}
