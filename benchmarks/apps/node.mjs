// The applications of the benchmarks on the official Node SDK, with its defaults: hooks, tokens, echoed audio.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The SDK lives outside of this directory (see benchmarks/contenders.py), so it is found by path.
const require = createRequire(process.env.NODE_SDK + "/");
const { createEndpoint } = await import(pathToFileURL(require.resolve("@jambonz/sdk/websocket")).href);

const server = http.createServer();
const makeService = createEndpoint({ server, port: Number(process.env.PORT) });

makeService({ path: "/" }).on("session:new", (session) => {
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

const tokens = Number(process.env.TOKENS ?? 20000);
makeService({ path: "/tokens" }).on("session:new", async (session) => {
  session.answer().config({ ttsStream: { enable: true } }).send();
  for (let number = 0; number < tokens; number++) await session.sendTtsTokens(`w${number} `);
  session.flushTtsTokens();
});

makeService.audio({ path: "/audio" }).on("connection", (stream) => {
  stream.on("audio", (pcm) => stream.sendAudio(pcm));
});
