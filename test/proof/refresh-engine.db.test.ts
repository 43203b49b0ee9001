import { afterAll, describe } from "vitest";
import { proveChanges } from "./changes-meanwhile";
import { isSoak, printFigures } from "./figures";
import { proveHangingService } from "./hanging-service";
import { proveKills } from "./killed-processes";
import { proveLateClaim } from "./late-claim";
import { proveOneRequest, proveTooSlow } from "./one-request";
import { provePauses } from "./paused-processes";
import { proveRestoredCopy } from "./restored-copy";
import { proveRollingRestart } from "./rolling-restart";
import { proveServiceDown } from "./service-down";
import { removePrograms } from "./shared-programs";

// Side by side, as nearly all they do is wait. Each has its own database, service and processes.
const LIMIT_MS = isSoak ? 3_600_000 : 600_000;

afterAll(async () => {
  printFigures();
  await removePrograms();
});

const PROOFS: [string, () => void][] = [
  ["processes killed in the midst of refreshes", proveKills],
  ["a process paused in the midst of refreshes", provePauses],
  ["256 forced refreshes at a service slower than the limit", proveTooSlow],
  ["256 forced refreshes of one connection from 4 processes", proveOneRequest],
  ["a service that hangs", proveHangingService],
  ["a service that is down for an hour", proveServiceDown],
  ["a rolling restart of two web processes", proveRollingRestart],
  ["a web process told to end as a refresh begins", proveLateClaim],
  ["a restored copy of the database", proveRestoredCopy],
];

describe.concurrent.for(PROOFS)(
  "%s",
  ([, prove]) => {
    prove();
  },
  LIMIT_MS,
);

// What it does in this process has time limits of its own, which the others would use up.
describe("while a refresh is under way in another process", () => {
  proveChanges();
});
