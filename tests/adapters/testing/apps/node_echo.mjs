// An echo written with the Node SDK; the test kit calls it over real sockets. Arguments: the port.

import { createServer } from 'node:http';
import { createRequire } from 'node:module';

// Resolved from where the packages were installed, which is not where this file is.
const require = createRequire(`${process.cwd()}/package.json`);
const { createEndpoint } = require('@jambonz/sdk/websocket');

const server = createServer();
const makeService = createEndpoint({ server });
const service = makeService({ path: '/' });

service.on('session:new', (session) => {
  session.on('/echo', (event) => {
    if (event.reason === 'speechDetected') {
      const heard = event.speech.alternatives[0].transcript;
      session
        .say({ text: `You said: ${heard}` })
        .gather({ input: ['speech', 'digits'], numDigits: 1, actionHook: '/echo', timeout: 15 })
        .reply();
    } else {
      session.say({ text: 'Goodbye.' }).hangup().reply();
    }
  });
  session
    .gather({ input: ['speech', 'digits'], numDigits: 1, actionHook: '/echo', timeout: 15, say: { text: 'Please say something.' } })
    .send();
});

server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('listening'));
