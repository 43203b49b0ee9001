// Compiles the SDK and packs it as dist/sdk/bifrost.tgz, which the server gives to `npm install`.
import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const sdk = join(root, "sdk");
const target = join(root, "dist", "sdk");

rmSync(join(sdk, "dist"), { recursive: true, force: true });
execFileSync(process.execPath, [join(root, "node_modules", "typescript", "bin", "tsc"), "-p", sdk], {
  stdio: "inherit",
});

const packed = mkdtempSync(join(tmpdir(), "bifrost-sdk-"));
try {
  const args = ["pack", "--json", "--ignore-scripts", "--silent", "--pack-destination", packed];
  // npm is a .cmd file on Windows, which only a shell starts.
  const output = execFileSync("npm", args, {
    cwd: sdk,
    encoding: "utf8",
    shell: process.platform === "win32",
  });
  /** @type {{ filename: string }[]} */
  const [result] = Object.values(JSON.parse(output));
  if (!result) throw new Error("npm pack made no package.");
  mkdirSync(target, { recursive: true });
  copyFileSync(join(packed, result.filename), join(target, "bifrost.tgz"));
} finally {
  rmSync(packed, { recursive: true, force: true });
}
