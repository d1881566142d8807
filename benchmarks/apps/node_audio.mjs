// The same echo on the official Node SDK, with its defaults. `createEndpoint` listens by itself.
import http from "node:http";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

// The SDK lives outside of this directory (see benchmarks/audio.py), so it is found by path.
const require = createRequire(process.env.NODE_SDK + "/");
const { createEndpoint } = await import(pathToFileURL(require.resolve("@jambonz/sdk/websocket")).href);

const server = http.createServer();
const makeService = createEndpoint({ server, port: Number(process.env.PORT) });
const service = makeService.audio({ path: "/audio" });
service.on("connection", (stream) => {
  stream.on("audio", (pcm) => stream.sendAudio(pcm));
});
