// The web process as it is, all of it but Next, which nobody asks here and which would have to be built first.
import { runWeb } from "@/server/run-web";

await runWeb(() => ({
  answer: (_request, response) => void response.writeHead(404).end(),
  prepare: () => Promise.resolve(),
  close: () => Promise.resolve(),
}));
