// The hook benchmark's application on the official Node SDK, with its defaults.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(process.env.NODE_SDK + "/");
const { createEndpoint } = await import(pathToFileURL(require.resolve("@jambonz/sdk/websocket")).href);

const server = http.createServer();
const makeService = createEndpoint({ server, port: Number(process.env.PORT) });
const service = makeService({ path: "/" });
service.on("session:new", (session) => {
  session.on("/echo", (heard) => {
    const words = heard.speech.alternatives[0].transcript;
    session
      .say({ text: `You said: ${words}` })
      .gather({ input: ["speech"], actionHook: "/echo", timeout: 15 })
      .reply();
  });
  session
    .gather({ input: ["speech"], actionHook: "/echo", timeout: 15, say: { text: "Say something." } })
    .send();
});
