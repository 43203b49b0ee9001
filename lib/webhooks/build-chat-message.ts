import type { EventWords } from "./build-payload";

const HEADER_LIMIT = 150;
const TITLE_LIMIT = 300;
const DETAIL_LIMIT = 500;

/**
 * The body for a Slack incoming webhook. Strangers' words stand in `plain_text` alone, which knows no mention, link or
 * mark-up; the fallback text has the three characters escaped that Slack gives a meaning (`<!channel>`, `<@U1>`).
 */
export function buildSlackMessage({ title, detail, url, linkText }: EventWords): string {
  const link = `<${escapeSlack(url).replaceAll("|", "%7C")}|${escapeSlack(linkText)}>`;
  const plain = (text: string, limit: number) => ({
    type: "plain_text",
    text: shorten(text, limit),
    emoji: false,
  });
  return JSON.stringify({
    text: escapeSlack(shorten(title, TITLE_LIMIT)),
    mrkdwn: false,
    link_names: false,
    unfurl_links: false,
    unfurl_media: false,
    blocks: [
      { type: "header", text: plain(title, HEADER_LIMIT) },
      ...(detail === null ? [] : [{ type: "section", text: plain(detail, DETAIL_LIMIT) }]),
      { type: "section", text: { type: "mrkdwn", text: link } },
    ],
  });
}

/** The body for a Teams workflow ("When a Teams webhook request is received"). A `TextRun` knows no Markdown. */
export function buildTeamsMessage({ title, detail, url, linkText }: EventWords): string {
  const line = (text: string, look: object) => ({
    type: "RichTextBlock",
    inlines: [{ type: "TextRun", text: withoutMacros(text), ...look }],
  });
  return JSON.stringify({
    type: "message",
    attachments: [
      {
        contentType: "application/vnd.microsoft.card.adaptive",
        contentUrl: null,
        content: {
          $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
          type: "AdaptiveCard",
          version: "1.4",
          body: [
            line(shorten(title, TITLE_LIMIT), { size: "medium", weight: "bolder" }),
            ...(detail === null ? [] : [line(shorten(detail, DETAIL_LIMIT), {})]),
          ],
          actions: [{ type: "Action.OpenUrl", title: linkText, url }],
        },
      },
    ],
  });
}

function escapeSlack(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Cards turn `{{DATE(…)}}` into a date, and templates fill `${…}` in. */
function withoutMacros(text: string): string {
  return text.replaceAll("{{", "{ {").replaceAll("${", "$ {");
}

function shorten(text: string, limit: number): string {
  const characters = [...text];
  return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : text;
}
