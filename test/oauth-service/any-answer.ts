import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import type { RawAnswer } from "./raw-service";
import { paramsOf } from "./scripted-answer";

/** Any answer that a token endpoint can give, and what must become of it. */
export interface AnyAnswer {
  /** The request as it came can be put into the answer: services echo. */
  make: (request: string) => RawAnswer;
  /** A usable token that must be stored; null: nothing may be. Undefined: either, if it is in the answer. */
  grant: { accessToken: string; refreshToken: string | null } | null | undefined;
  /** For the report of a counterexample. */
  told: string;
}

const ECHO = "%ECHO%";
const COMPLETE = ["length", "chunked", "until close"] as const;
const BROKEN = ["too long", "chunk cut off", "chunk garbage", "head cut off", "two lengths"] as const;

const likelyStatus = fc.constantFrom(
  200,
  200,
  200,
  201,
  204,
  400,
  401,
  403,
  408,
  429,
  500,
  502,
  503,
  504,
  524,
);
const status = fc.oneof({ weight: 4, arbitrary: likelyStatus }, fc.integer({ min: 100, max: 599 }));

const hostile = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc.constantFrom(
    "",
    " ",
    "\u0000",
    "\ud800",
    "x\r\ny: z",
    "null",
    "NaN",
    "-1",
    "1e400",
    "٣٦٠٠",
    "x".repeat(70_000),
  ),
  fc.double(),
  fc.integer(),
  fc.constantFrom<unknown>(null, true, false, [], {}, [[]], { a: { b: {} } }),
  fc.jsonValue({ maxDepth: 3 }),
);
const MEMBERS = [
  "expires_in",
  "refresh_token_expires_in",
  "token_type",
  "scope",
  "id_token",
  "authed_user",
  "team",
  "extra",
  "instance_url",
  "constructor",
  "toString",
  "hasOwnProperty",
];
const others = fc.dictionary(fc.constantFrom(...MEMBERS), hostile, { noNullPrototype: true });

interface Body {
  bytes: Buffer;
  grant: AnyAnswer["grant"];
}

const text = (content: unknown, grant: AnyAnswer["grant"]): Body => ({
  bytes: Buffer.from(typeof content === "string" ? content : JSON.stringify(content)),
  grant,
});

const token = fc.stringMatching(/^[\x21-\x7e]{1,60}$/);
const grants = fc
  .record({ access: token, refresh: fc.option(token), rest: others, isPadded: fc.boolean() })
  .map(({ access, refresh, rest, isPadded }) => {
    const body = JSON.stringify({
      ...rest,
      access_token: access,
      ...(refresh && { refresh_token: refresh }),
    });
    return text(isPadded ? `\ufeff \n${body}\n ` : body, { accessToken: access, refreshToken: refresh });
  });
const halfGrants = fc
  .record({ access_token: hostile, refresh_token: hostile, rest: others })
  .map(({ rest, ...tokens }) => text({ ...rest, ...tokens }, undefined));
const words = fc.constantFrom(
  ECHO,
  `You sent ${ECHO}.`,
  `<b>${ECHO}</b>`,
  `${" ".repeat(9_990)}${ECHO}`,
  "a-".repeat(20_000),
  "\u202e\u0000",
);
const refusals = fc
  .record({
    error: fc.oneof(
      fc.constantFrom("invalid_grant", "invalid_client", "temporarily_unavailable", "invalid_scope", ECHO),
      fc.string({ minLength: 1 }),
      fc.record({ message: words, status: fc.constantFrom("UNAVAILABLE", ECHO) }),
    ),
    error_description: words,
    access_token: token,
  })
  .map((body) => text(body, null));
const nonsense = fc
  .oneof(
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.integer({ min: 1, max: 300_000 }).map((depth) => Buffer.from("[".repeat(depth))),
    fc
      .integer({ min: 1, max: 5_000 })
      .map((depth) => Buffer.from(`${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`)),
    fc.jsonValue().map((value) => Buffer.from(JSON.stringify([value]))),
    fc
      .constantFrom(
        "",
        "null",
        "true",
        "<html><body>Sign in</body></html>",
        `<html>${ECHO}</html>`,
        ECHO,
        '{"__proto__":{"access_token":"polluted"}}',
        '{"constructor":{"prototype":{"access_token":"polluted"}}}',
        '{"data":{"access_token":"elsewhere"}}',
        '{"access_token":"half',
        "error=access_denied&access_token=x",
        "\u0000\u0000",
      )
      .map((content) => Buffer.from(content)),
    fc.constant(Buffer.from('{"access_token":"wide"}', "utf16le")),
    fc.constant(Buffer.alloc(1_048_577, "x")),
  )
  .map((bytes): Body => ({ bytes, grant: null }));

const bodies = fc.oneof(
  { weight: 3, arbitrary: grants },
  { weight: 2, arbitrary: halfGrants },
  { weight: 3, arbitrary: refusals },
  { weight: 3, arbitrary: nonsense },
);

const encoders = {
  identity: (bytes: Buffer) => bytes,
  gzip: (bytes: Buffer) => gzipSync(bytes),
  deflate: (bytes: Buffer) => deflateSync(bytes),
  "raw deflate": (bytes: Buffer) => deflateRawSync(bytes),
  br: (bytes: Buffer) => brotliCompressSync(bytes),
  zstd: (bytes: Buffer) => zstdCompressSync(bytes),
  "gzip, gzip": (bytes: Buffer) => gzipSync(gzipSync(bytes)),
  "no gzip": (bytes: Buffer) => bytes,
  "half a gzip": (bytes: Buffer) => gzipSync(bytes).subarray(0, -9),
  nonsense: (bytes: Buffer) => bytes,
};
type Encoding = keyof typeof encoders;
const ENCODINGS = Object.keys(encoders) as Encoding[];
const encoding = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Encoding>("identity") },
  fc.constantFrom(...ENCODINGS),
);
const labelOf = (name: Encoding) =>
  name === "raw deflate" ? "deflate" : name.endsWith("a gzip") || name === "no gzip" ? "gzip" : name;

const contentType = fc.constantFrom(
  "application/json",
  "application/json; charset=utf-16",
  "text/plain",
  "text/html; charset=nonsense",
  "application/x-www-form-urlencoded",
  "multipart/form-data; boundary=x",
  ";;;",
);
const printable = fc.stringMatching(/^[\x21-\x7e]{0,40}$/);
const headers = fc.array(
  fc.oneof(
    fc.tuple(fc.constant("content-type"), contentType),
    fc.tuple(
      fc.constant("retry-after"),
      fc.oneof(
        fc.constantFrom("5", "-1", "1e9", "Wed, 21 Oct 2015 07:28:00 GMT", "999999999999", "soon"),
        printable,
      ),
    ),
    fc.tuple(fc.constantFrom("location", "set-cookie", "www-authenticate", "x-odd", "server"), printable),
    fc.tuple(fc.constant("x-echo"), fc.constant("%SECRET%")),
  ),
  { maxLength: 6 },
);

const shape = fc.record({
  status,
  version: fc.constantFrom("1.1", "1.1", "1.0"),
  headers,
  body: bodies,
  encoding,
  framing: fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...COMPLETE) }, fc.constantFrom(...BROKEN)),
  hints: fc.constantFrom(
    "",
    "",
    "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\n",
  ),
  cuts: fc.array(fc.nat(), { maxLength: 4 }),
  isReset: fc.boolean(),
});
type Shape = typeof shape extends fc.Arbitrary<infer T> ? T : never;

/** Whole answers and broken ones, kind and hostile; now and then bytes that are no HTTP at all. */
export const anyAnswer: fc.Arbitrary<AnyAnswer> = fc.oneof(
  { weight: 20, arbitrary: shape.map(toAnswer) },
  {
    weight: 1,
    arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes): AnyAnswer => ({
      make: () => ({ pieces: [Buffer.from(bytes)], ending: "close" }),
      grant: null,
      told: "no HTTP",
    })),
  },
);

function toAnswer(given: Shape): AnyAnswer {
  const { status: code, body, framing, version } = given;
  const isWhole = (COMPLETE as readonly string[]).includes(framing);
  const isReadable = !["no gzip", "half a gzip", "nonsense"].includes(given.encoding);
  const isGranting = code >= 200 && code < 300 && code !== 204 && code !== 205;
  // Empty bodies need no decoding, and HTTP/1.0 knows no chunks: those may go either way.
  const isClear = !(version === "1.0" && framing === "chunked");
  const grant = !isGranting || !isWhole || !isReadable ? null : isClear ? body.grant : undefined;
  const mayBeEither = body.grant !== null && isGranting && (grant === undefined || framing === "two lengths");
  return {
    make: (request) => write(given, request),
    grant: mayBeEither ? undefined : grant,
    told: JSON.stringify({ ...given, body: body.bytes.toString("latin1").slice(0, 300) }),
  };
}

function write(given: Shape, request: string): RawAnswer {
  const { status: code, version, framing } = given;
  const sent = request.slice(request.indexOf("\r\n\r\n") + 4);
  const authorization = /^authorization: (.*)$/im.exec(request)?.[1] ?? "";
  const params = Object.values(paramsOf(sent, /^content-type: (.*)$/im.exec(request)?.[1]));
  const echo = JSON.stringify([sent, ...params, authorization].join(" ")).slice(1, -1);
  const plain = given.body.bytes.includes(ECHO)
    ? Buffer.from(given.body.bytes.toString("utf8").replaceAll(ECHO, () => echo))
    : given.body.bytes;
  const body = encoders[given.encoding](plain);
  const lines = [
    `HTTP/${version} ${code} Whatever`,
    ...given.headers.map(
      ([name, value]) => `${name}: ${value.replace("%SECRET%", encodeURIComponent(sent))}`,
    ),
    ...(given.encoding === "identity" ? [] : [`content-encoding: ${labelOf(given.encoding)}`]),
    ...framingOf(framing, body),
  ];
  const head = Buffer.from(`${given.hints}${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const whole = Buffer.concat(
    framing === "head cut off" ? [head.subarray(0, -3)] : [head, ...contentOf(framing, body)],
  );
  const isBroken = (BROKEN as readonly string[]).includes(framing);
  return { pieces: cut(whole, given.cuts), ending: isBroken && given.isReset ? "reset" : "close" };
}

function framingOf(framing: Shape["framing"], body: Buffer): string[] {
  switch (framing) {
    case "length":
    case "head cut off":
      return [`content-length: ${body.length}`];
    case "too long":
      return [`content-length: ${body.length + 10}`];
    case "two lengths":
      return [`content-length: ${body.length}`, `content-length: ${body.length + 1}`];
    case "until close":
      return ["connection: close"];
    default:
      return ["transfer-encoding: chunked"];
  }
}

function contentOf(framing: Shape["framing"], body: Buffer): Buffer[] {
  const chunk = Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from("\r\n")]);
  const chunks = body.length === 0 ? [] : [chunk];
  switch (framing) {
    case "chunked":
      return [...chunks, Buffer.from("0\r\n\r\n")];
    case "chunk cut off":
      return [...chunks, Buffer.from("5\r\nab")];
    case "chunk garbage":
      return [...chunks, Buffer.from("zz\r\n\r\n")];
    default:
      return [body];
  }
}

function cut(whole: Buffer, cuts: number[]): Buffer[] {
  const places = [...new Set(cuts.map((place) => place % Math.max(1, whole.length)))].sort((a, b) => a - b);
  return [0, ...places].map((place, i) => whole.subarray(place, places[i]));
}
