import { describe, expect, it } from "vitest";
import { actOfKey, type KeyPress } from "@/components/frame/shortcut-keys";

const targets = new Map([["g i", "/settings/integrations"]]);

function act(press: Partial<KeyPress>, letters = true) {
  const whole = {
    key: "",
    ctrlOrMeta: false,
    alt: false,
    typing: false,
    covered: false,
    previous: null,
    ...press,
  };
  return actOfKey(whole, targets, letters);
}

describe("actOfKey", () => {
  it("goes to a screen by two keys in turn", () => {
    expect(act({ key: "g" })).toEqual({ kind: "wait" });
    expect(act({ key: "i", previous: "g" })).toEqual({ kind: "go", href: "/settings/integrations" });
  });

  it("does nothing for a second key that leads nowhere", () => {
    expect(act({ key: "x", previous: "g" })).toBeNull();
  });

  it.each([
    ["/", "search"],
    ["c", "create"],
    ["?", "help"],
  ])("takes %s for %s", (key, kind) => {
    expect(act({ key })).toEqual({ kind });
  });

  it("leaves plain letters alone where text is typed, under a dialog, and when they are switched off", () => {
    expect(act({ key: "c", typing: true })).toBeNull();
    expect(act({ key: "c", covered: true })).toBeNull();
    expect(act({ key: "c" }, false)).toBeNull();
  });

  it("saves and opens the command menu while text is typed, with plain letters off too", () => {
    expect(act({ key: "Enter", ctrlOrMeta: true, typing: true }, false)).toEqual({ kind: "save" });
    expect(act({ key: "K", ctrlOrMeta: true, typing: true }, false)).toEqual({ kind: "menu" });
  });

  it("leaves the browser's own combinations alone", () => {
    expect(act({ key: "c", ctrlOrMeta: true })).toBeNull();
    expect(act({ key: "c", alt: true })).toBeNull();
  });
});
