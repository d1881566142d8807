// The token benchmark's application on the official Node SDK, with its defaults.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.NODE_SDK + "/");
const { createEndpoint } = await import(pathToFileURL(require.resolve("@jambonz/sdk/websocket")).href);

const tokens = Number(process.env.TOKENS ?? 20000);
const server = http.createServer();
const makeService = createEndpoint({ server, port: Number(process.env.PORT) });
const service = makeService({ path: "/" });
service.on("session:new", async (session) => {
  session.answer().config({ ttsStream: { enable: true } }).send();
  for (let number = 0; number < tokens; number++) await session.sendTtsTokens(`w${number} `);
  session.flushTtsTokens();
});
