/** UUIDv7 (RFC 9562 5.7): keys made by the application that sort by age. */
export { v7 as uuidv7 } from "uuid";
