import { expect, it } from "vitest";
import { parseAllowEntry } from "./allow-list";

it.each([
  "erp.corp.example",
  "erp",
  "erp:8080",
  "10.0.0.5",
  "10.0.0.5:8443",
  "10.0.0.0/8",
  "fd00::1",
  "[fd00::1]:443",
  "fd00::/8",
])("reads %s", (entry) => expect(parseAllowEntry(entry)).not.toBeNull());

it.each([
  "",
  "https://erp.corp.example",
  "10.0.0.0/33",
  "erp:0",
  "erp:99999",
  "erp:x",
  "*.corp.example",
  "a b",
  "10.0.0.0/x",
  "user@erp",
])("refuses %j", (entry) => expect(parseAllowEntry(entry)).toBeNull());
