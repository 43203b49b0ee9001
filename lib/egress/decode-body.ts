import { promisify } from "node:util";
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress, type InputType } from "node:zlib";

const unzip = promisify(gunzip);
const unbrotli = promisify(brotliDecompress);
const unzstd = promisify(zstdDecompress);
const undeflate = promisify(inflate);
const undeflateRaw = promisify(inflateRaw);

export const ACCEPTED_ENCODINGS = "gzip, deflate, br, zstd";
const MAX_LAYERS = 3;

type Decoder = (body: InputType, options: { maxOutputLength: number }) => Promise<Buffer>;

const DECODERS: Record<string, Decoder | undefined> = {
  gzip: unzip,
  "x-gzip": unzip,
  br: unbrotli,
  zstd: unzstd,
  deflate: (body, options) =>
    // Half of the servers that say "deflate" leave the zlib header out.
    undeflate(body, options).catch((error: unknown) => {
      if (isTooLarge(error)) throw error;
      return undeflateRaw(body, options);
    }),
};

export type DecodedBody = { ok: true; body: Buffer } | { ok: false; reason: "too_large" | "bad_encoding" };

/** Undoes `Content-Encoding` (RFC 9110 8.4). Never makes more than `maxBytes`, whatever the bomb. */
export async function decodeBody(
  body: Buffer,
  encoding: string | null,
  maxBytes: number,
): Promise<DecodedBody> {
  const layers = (encoding ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "" && name !== "identity")
    .reverse();
  if (layers.length > MAX_LAYERS) return { ok: false, reason: "bad_encoding" };
  let decoded = body;
  for (const layer of body.length === 0 ? [] : layers) {
    const decoder = Object.hasOwn(DECODERS, layer) ? DECODERS[layer] : undefined;
    if (!decoder) return { ok: false, reason: "bad_encoding" };
    try {
      decoded = await decoder(decoded, { maxOutputLength: Math.max(1, maxBytes) });
    } catch (error) {
      return { ok: false, reason: isTooLarge(error) ? "too_large" : "bad_encoding" };
    }
  }
  return decoded.length > maxBytes ? { ok: false, reason: "too_large" } : { ok: true, body: decoded };
}

function isTooLarge(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ERR_BUFFER_TOO_LARGE";
}
