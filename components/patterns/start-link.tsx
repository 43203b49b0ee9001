import { buttonClass } from "@/components/ui/button-class";

const START = "/";

/**
 * The way out of a message that stands in for a screen. It loads the page anew, which mends more than staying would; and
 * these screens come with every first load, so that they bring no router's link.
 */
export function StartLink() {
  return (
    <a href={START} className={buttonClass()}>
      Go to the start
    </a>
  );
}
