// The REST API on a fake cluster, for checking its contract without a broker. Prints one line of JSON when it listens:
// {"url": …, "key": …}. Ends with SIGTERM.
import { ApiKey } from '../../src/api/apiKey';
import { ApiServer } from '../../src/api/apiServer';
import { fakeManagers, FakeSecretStore } from '../support/fakeManagers';

const managers = await fakeManagers();
const key = await ApiKey.load(new FakeSecretStore());
const server = new ApiServer({
  ...managers,
  key,
  port: 0,
  // The contract run sends wrong keys by the hundred and wants to see each refused as such.
  limits: { maxKeyFailures: Infinity },
});
const { url } = await server.listen();
process.stdout.write(`${JSON.stringify({ url, key: key.value })}\n`);
process.once('SIGTERM', () => void server.close().then(() => process.exit(0)));
