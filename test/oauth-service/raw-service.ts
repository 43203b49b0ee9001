import { createServer, type AddressInfo, type Socket } from "node:net";

/** What is written to the socket, byte for byte, whatever HTTP has to say of it. */
export interface RawAnswer {
  /** Written one after another, each in a turn of its own. */
  pieces: Buffer[];
  ending: "close" | "reset" | "keep";
}

export interface RawService {
  origin: string;
  requests: () => number;
  /** The answer to the next requests; it is given the request as it came. */
  answer: (make: (request: string) => RawAnswer) => void;
  /** Answers without end until the client closes, and says how many bytes it took. */
  flood: (head: string, piece: Buffer) => Promise<number>;
  close: () => Promise<void>;
}

/** A server below HTTP, for answers that no HTTP server would let one send. */
export async function startRawService(): Promise<RawService> {
  let requests = 0;
  let onRequest: (request: string, socket: Socket) => void = () => undefined;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let received = "";
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    socket.on("data", (chunk: Buffer) => {
      received += chunk.toString("utf8");
      if (!isWhole(received)) return;
      requests += 1;
      onRequest(received, socket);
      received = "";
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    requests: () => requests,
    answer(make) {
      onRequest = (request, socket) => void send(make(request), socket);
    },
    flood: (head, piece) =>
      new Promise((resolve) => {
        onRequest = (_, socket) => {
          socket.write(head);
          let taken = 0;
          const more = () => {
            while (!socket.destroyed && socket.write(piece)) taken += piece.length;
            taken += piece.length;
          };
          socket.on("drain", more);
          socket.on("close", () => resolve(taken));
          more();
        };
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function isWhole(request: string): boolean {
  const end = request.indexOf("\r\n\r\n");
  if (end < 0) return false;
  const length = Number(/^content-length: (\d+)/im.exec(request)?.[1] ?? 0);
  return Buffer.byteLength(request.slice(end + 4)) >= length;
}

async function send({ pieces, ending }: RawAnswer, socket: Socket): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    socket.write(piece);
    await new Promise((resolve) => setImmediate(resolve));
  }
  if (ending === "reset") socket.resetAndDestroy();
  else if (ending === "close") socket.end();
}
