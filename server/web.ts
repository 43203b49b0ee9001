import next from "next";
import { projectRoot } from "./project-root";
import { runWeb } from "./run-web";

/** The web process: the API in front, the screens of Next behind it, on one port. */
await runWeb((env) => {
  const dev = process.env["NODE_ENV"] === "development";
  const app = next({ dev, dir: projectRoot(), hostname: env.host, port: env.port });
  const answer = app.getRequestHandler();
  return {
    answer: (request, response) => answer(request, response),
    prepare: () => app.prepare(),
    close: () => app.close(),
  };
});
