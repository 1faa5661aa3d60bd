// A customer's page with the stock amazon-connect-chatjs and nothing of ours: told by lines of JSON
// on stdin what to do, it tells on stdout what the library did. argv: folder of node_modules.
const { createRequire } = require('node:module');
const path = require('node:path');
const readline = require('node:readline');

globalThis.window = globalThis.self = globalThis;
globalThis.addEventListener ??= () => {};
globalThis.removeEventListener ??= () => {};
const stock = createRequire(path.join(process.argv[2], 'index.js'));
stock('amazon-connect-chatjs');
const { ChatSession } = globalThis.connect;

const tell = (what) => process.stdout.write(`${JSON.stringify(what)}\n`);
const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
let session;

const commands = {
  async connect({ endpoint, region, chatDetails }) {
    ChatSession.setGlobalConfig({
      endpoint,
      region,
      loggerConfig: { customizedLogger: silent, level: ChatSession.LogLevel.ERROR },
      webSocketManagerConfig: { isNetworkOnline: () => true },
      features: { messageReceipts: { shouldSendMessageReceipts: true, throttleTime: 200 } },
    });
    session = ChatSession.create({
      chatDetails,
      options: { region },
      type: ChatSession.SessionTypes.CUSTOMER,
      disableCSM: true,
    });
    const events = ['Message', 'Typing', 'Ended', 'ConnectionEstablished', 'ConnectionBroken', 'DeepHeartbeatSuccess', 'DeepHeartbeatFailure'];
    for (const name of events) session[`on${name}`]((event) => tell({ event: name, data: event.data ?? null }));
    const connected = await session.connect();
    return { connectSuccess: connected.connectSuccess, connectCalled: connected.connectCalled };
  },
  async say({ message }) {
    return (await session.sendMessage({ contentType: 'text/plain', message })).data;
  },
  async type() {
    return (await session.sendEvent({ contentType: 'application/vnd.amazonaws.connect.event.typing' })).data;
  },
  async transcript() {
    return (await session.getTranscript({ maxResults: 100, scanDirection: 'BACKWARD', sortOrder: 'ASCENDING' })).data;
  },
  async leave() {
    await session.disconnectParticipant();
    return {};
  },
};

readline.createInterface({ input: process.stdin }).on('line', async (line) => {
  const { do: name, ...given } = JSON.parse(line);
  try {
    tell({ done: name, data: await commands[name](given) });
  } catch (error) {
    tell({ failed: name, why: String(error?.stack ?? error) + JSON.stringify(error) });
  }
});
process.stdin.on('end', () => process.exit(0));
