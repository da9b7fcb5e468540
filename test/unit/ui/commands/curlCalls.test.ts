import assert from 'node:assert/strict';
import { curlCall, shellOf } from '../../../../src/ui/commands/api/curlCalls';

const posix = { shell: 'posix' } as const;
const literal = { url: 'http://127.0.0.1:8000', curlConfigFile: "/home/o'neil/my files/curlrc" };

describe('curlCall', () => {
  it('names the API and its key by the variables of our terminals', () => {
    assert.equal(
      curlCall('listTopics', { topic: 'orders', places: posix }),
      'curl -K "$LOCAL_KAFKA_CURLRC" "$LOCAL_KAFKA_API_URL/topics"',
    );
    assert.equal(
      curlCall('produce', { topic: 'orders', places: posix }),
      'curl -K "$LOCAL_KAFKA_CURLRC" "$LOCAL_KAFKA_API_URL/produce" -H \'Content-Type: application/json\' ' +
        '-d \'{"topic":"orders","key":"k1","value":{"hello":"world"}}\'',
    );
    assert.equal(
      curlCall('consumeNewest', { topic: 'orders', places: posix }),
      'curl -K "$LOCAL_KAFKA_CURLRC" "$LOCAL_KAFKA_API_URL/consume?topic=orders&from=last:10"',
    );
  });

  it('names them literally, quoted for the shell', () => {
    assert.equal(
      curlCall('describeTopic', { topic: 'orders', places: { ...posix, literal } }),
      "curl -K '/home/o'\\''neil/my files/curlrc' 'http://127.0.0.1:8000/topics/orders'",
    );
  });

  it('speaks PowerShell', () => {
    assert.equal(
      curlCall('listTopics', { topic: 'orders', places: { shell: 'powershell' } }),
      'curl.exe -K "${env:LOCAL_KAFKA_CURLRC}" "${env:LOCAL_KAFKA_API_URL}/topics"',
    );
  });

  it('escapes the quotes of a body for Windows PowerShell, which strips them', () => {
    const body = (shell: 'pwsh' | 'powershell') =>
      curlCall('createTopic', { topic: 'o', places: { shell } }).split(' -d ')[1];
    assert.equal(body('powershell'), String.raw`'{\"name\":\"o\",\"partitions\":3}'`);
    assert.equal(body('pwsh'), `'{"name":"o","partitions":3}'`);
  });

  it('speaks cmd.exe', () => {
    const places = { shell: 'cmd' } as const;
    assert.equal(
      curlCall('createTopic', { topic: 'o', places }),
      'curl -K "%LOCAL_KAFKA_CURLRC%" "%LOCAL_KAFKA_API_URL%/topics" -H "Content-Type: application/json" ' +
        String.raw`-d "{\"name\":\"o\",\"partitions\":3}"`,
    );
    const hostile = curlCall('produce', { topic: 'a"&calc&%PATH%', places }).split(' -d ')[1] ?? '';
    assert.doesNotMatch(hostile, /[&%]/);
    const seen = hostile.slice(1, -1).replaceAll(String.raw`\"`, '"');
    assert.equal((JSON.parse(seen) as { topic: string }).topic, 'a"&calc&%PATH%');
  });

  it('knows a shell by its program', () => {
    const programs = [
      String.raw`C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe`,
      String.raw`C:\Program Files\PowerShell\7\pwsh.exe`,
      String.raw`C:\WINDOWS\System32\cmd.exe`,
      '/usr/bin/pwsh',
      '/bin/zsh',
      String.raw`C:\Program Files\Git\bin\bash.exe`,
    ];
    assert.deepEqual(programs.map(shellOf), ['powershell', 'pwsh', 'cmd', 'pwsh', 'posix', 'posix']);
  });

  it('names a cluster that is not the active one', () => {
    assert.match(
      curlCall('clusterStatus', { topic: 't', cluster: 'staging', places: posix }),
      /status\?cluster=staging"$/,
    );
  });

  it('lets a hostile topic name break out of nothing', () => {
    const topic = `a'"$(id)\`;&|`;
    const call = curlCall('consumeNewest', { topic, places: posix });
    assert.doesNotMatch(call.slice(call.indexOf('topic=')), /[`;|]|\$\(/);
    assert.ok(curlCall('produce', { topic: "o'k", places: posix }).includes("o'\\''k"));
  });
});
