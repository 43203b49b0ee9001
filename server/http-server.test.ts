import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { expect, it } from "vitest";
import { closeServer, createHttpServer } from "./http-server";

async function open(handle: (answer: () => void) => void) {
  const server = createHttpServer((_request, response) => handle(() => response.end("ok")));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port };
}

it("closes without waiting for a connection that never asked anything", async () => {
  const { server, port } = await open((answer) => answer());
  const silent = connect(port, "127.0.0.1");
  const asking = connect(port, "127.0.0.1");
  await Promise.all([once(silent, "connect"), once(asking, "connect")]);
  // Half a request is none either.
  asking.write("GET / HTTP/1.1\r\n");
  await expect.poll(() => serverConnections(server)).toBe(2);
  await closeServer(server);
});

it("lets a request under way finish", async () => {
  let answer: (() => void) | undefined;
  const { server, port } = await open((ready) => (answer = ready));
  const response = fetch(`http://127.0.0.1:${port}/`).then((each) => each.text());
  await expect.poll(() => answer).toBeDefined();
  const closed = closeServer(server);
  // Longer than a connection without a request is waited for.
  setTimeout(() => answer?.(), 1_500);
  expect(await response).toBe("ok");
  await closed;
});

function serverConnections(server: Parameters<typeof closeServer>[0]): Promise<number> {
  return new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error ? reject(error) : resolve(count))),
  );
}
