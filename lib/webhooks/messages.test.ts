import { describe, expect, it } from "vitest";
import { Webhook } from "standardwebhooks";
import { buildSlackMessage, buildTeamsMessage } from "./build-chat-message";
import { buildPayload, describeEvent, type StoredEvent } from "./build-payload";
import { createSigningSecret, signPayload } from "./sign-payload";

const event: StoredEvent = {
  id: "019aa000-0000-7000-8000-000000000001",
  type: "connection.reconnect_required",
  occurredAt: new Date("2026-11-20T10:00:00.123Z"),
  integrationId: "019aa000-0000-7000-8000-000000000002",
  integrationName: "HaloPSA",
  organizationId: "019aa000-0000-7000-8000-000000000003",
  organizationName: "Contoso",
  connectionId: "019aa000-0000-7000-8000-000000000004",
  status: "reconnect_required",
  code: "invalid_grant",
  message: "The service refused: invalid_grant: Revoked.",
  mends: [],
  path: "/settings/integrations/2/mappings/3",
};
const PUBLIC_URL = "https://bifrost.example.com";

describe("a Standard Webhook", () => {
  const body = buildPayload(event, PUBLIC_URL);
  const sign = (secrets: string[], timestampSeconds = Math.floor(Date.now() / 1_000)) =>
    signPayload({ id: event.id, timestampSeconds, body }, secrets);

  it("is verified by the library of the specification's own makers", () => {
    const secret = createSigningSecret();
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(new Webhook(secret).verify(body, sign([secret]))).toEqual({
      type: "connection.reconnect_required",
      timestamp: "2026-11-20T10:00:00.123Z",
      data: {
        integration_id: event.integrationId,
        integration_name: "HaloPSA",
        organization_id: event.organizationId,
        organization_name: "Contoso",
        connection_id: event.connectionId,
        status: "reconnect_required",
        error: { code: "invalid_grant", message: "The service refused: invalid_grant: Revoked." },
        mends: [],
        url: "https://bifrost.example.com/settings/integrations/2/mappings/3",
      },
    });
  });

  it("is verified by the former secret as well as by the new one while both sign", () => {
    const secrets = [createSigningSecret(), createSigningSecret()];
    const headers = sign(secrets);
    for (const secret of secrets) expect(new Webhook(secret).verify(body, headers)).toBeTruthy();
    expect(() => new Webhook(createSigningSecret()).verify(body, headers)).toThrow("No matching signature");
  });

  it("is refused when the body, the id or the time is another one", () => {
    const secret = createSigningSecret();
    const headers = sign([secret]);
    const webhook = new Webhook(secret);
    expect(() => webhook.verify(`${body} `, headers)).toThrow("No matching signature");
    expect(() => webhook.verify(body, { ...headers, "webhook-id": "another" })).toThrow(
      "No matching signature",
    );
    expect(() => webhook.verify(body, sign([secret], 1))).toThrow("too old");
  });

  it("agrees with the example of the specification", () => {
    const headers = signPayload(
      { id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestampSeconds: 1_614_265_330, body: '{"test": 2432232314}' },
      ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    );
    expect(headers["webhook-signature"]).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
  });
});

describe("an event in words", () => {
  it.each([
    ["connection.reconnect_required", "Reconnect required: HaloPSA for Contoso"],
    ["connection.recovered", "Working again: HaloPSA for Contoso"],
    ["oauth_client.failing", "OAuth client refused: HaloPSA for Contoso"],
    ["webhook.test", "Test event from Bifrost"],
  ])("%s", (type, title) => expect(describeEvent({ ...event, type }, PUBLIC_URL)).toMatchObject({ title }));

  it("names no organization where there is none", () => {
    expect(describeEvent({ ...event, organizationName: null }, PUBLIC_URL).title).toBe(
      "Reconnect required: HaloPSA",
    );
  });
});

const HOSTILE =
  "<!channel> <@U123> *bold* [click](https://evil.example) & <https://evil.example|here> {{DATE(1)}} ${x}";
const hostile = describeEvent({ ...event, organizationName: HOSTILE, message: HOSTILE }, PUBLIC_URL);

describe("a Slack message", () => {
  interface Text {
    type: string;
    text: string;
    emoji?: boolean;
  }
  const message = (words = hostile) =>
    JSON.parse(buildSlackMessage(words)) as {
      text: string;
      mrkdwn: boolean;
      blocks: { type: string; text: Text }[];
    };

  it("gives strangers' words as plain text alone, and escapes them in the fallback", () => {
    const { text, mrkdwn, blocks } = message();
    expect(text).toContain("&lt;!channel&gt; &lt;@U123&gt;");
    expect(text).not.toMatch(/[<>]/);
    expect(mrkdwn).toBe(false);
    for (const block of blocks.filter(({ text: { text: shown } }) => shown.includes("channel"))) {
      expect(block.text).toMatchObject({ type: "plain_text", emoji: false });
    }
    const interpreted = blocks.filter((block) => block.text.type !== "plain_text");
    expect(interpreted.map((block) => block.text.text)).toEqual([
      "<https://bifrost.example.com/settings/integrations/2/mappings/3|Reconnect in Bifrost>",
    ]);
  });

  it("keeps within Slack's limits", () => {
    const { blocks } = message(describeEvent({ ...event, organizationName: "é".repeat(400) }, PUBLIC_URL));
    expect(blocks[0]?.text.text.length).toBeLessThanOrEqual(150);
  });

  it("leaves the detail out where the title says it all", () => {
    expect(
      message(describeEvent({ ...event, type: "connection.recovered" }, PUBLIC_URL)).blocks,
    ).toHaveLength(2);
  });
});

describe("a Teams message", () => {
  interface Card {
    attachments: [{ contentType: string; content: { body: { type: string }[]; actions: { url: string }[] } }];
  }

  it("is an adaptive card whose strangers' words no Markdown or macro can come from", () => {
    const text = buildTeamsMessage(hostile);
    const [{ contentType, content }] = (JSON.parse(text) as Card).attachments;
    expect(contentType).toBe("application/vnd.microsoft.card.adaptive");
    expect(content.body.map(({ type }) => type)).toEqual(["RichTextBlock", "RichTextBlock"]);
    expect(text).not.toContain('TextBlock"}');
    expect(text).not.toMatch(/\{\{DATE|\$\{/);
    expect(content.actions).toEqual([
      {
        type: "Action.OpenUrl",
        title: "Reconnect in Bifrost",
        url: `${PUBLIC_URL}/settings/integrations/2/mappings/3`,
      },
    ]);
  });
});
