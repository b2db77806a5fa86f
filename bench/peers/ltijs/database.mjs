// PostgreSQL for ltijs, in a process of its own: its processor time is not counted against the tool.
import { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";

const db = await PGlite.create();
const server = new PGLiteSocketServer({ db, port: Number(process.env.PORT), host: "127.0.0.1" });
await server.start();
