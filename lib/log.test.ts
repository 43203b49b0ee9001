import { describe, expect, it } from "vitest";
import { describeError } from "./log";

describe("an error in the log", () => {
  it("leaves out every member but name, message, code and stack", () => {
    const error = Object.assign(new Error("failed"), {
      code: "23505",
      detail: "Key (x)=(canary)",
      parameters: ["canary"],
    });
    expect(JSON.stringify(describeError(error))).not.toContain("canary");
    expect(describeError(error)).toMatchObject({ name: "Error", message: "failed", errorCode: "23505" });
  });

  it("keeps of Prisma's message the line without the call's arguments", () => {
    const error = new Error(
      'Invalid call:\n{ data: { clientSecret: "canary" } }\n\nArgument `name` is missing.',
    );
    error.name = "PrismaClientValidationError";
    expect(describeError(error).message).toBe("Argument `name` is missing.");
  });

  it.each([
    ["connect to postgresql://user:canary@db:5432/x", "connect to postgresql://[redacted]@db:5432/x"],
    ["sent Bearer canarycanary", "sent Bearer [redacted]"],
    ["key bfr_canarycanarycanary", "key bfr_[redacted]"],
  ])("masks what looks like a credential in %j", (message, masked) => {
    expect(describeError(new Error(message)).message).toBe(masked);
  });

  it("follows causes, and survives what is no error", () => {
    const loop = new Error("a");
    loop.cause = loop;
    expect(describeError(loop).cause?.message).toBe("a");
    expect(describeError("canary").message).toBe("A string was thrown.");
  });
});
