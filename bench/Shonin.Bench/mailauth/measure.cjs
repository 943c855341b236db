// Measures npm mailauth (SPF, DKIM, DMARC, ARC) on message.eml with the text records of zone.txt; prints messages a second of processor time.
const fs = require('fs');
const { authenticate } = require('mailauth/lib/mailauth');

const message = fs.readFileSync('message.eml');
const records = new Map(fs.readFileSync('zone.txt', 'utf8').split('\n').filter(Boolean).map(line => line.split('\t')));
const resolver = async (name, type) => {
    if (type === 'TXT' && records.has(name)) return [[records.get(name)]];
    throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
};
const once = async () => {
    const result = await authenticate(message, { resolver, ip: '192.0.2.1', sender: 'notice@shop.example.jp', helo: 'mail.shop.example.jp', trustReceived: false });
    if (result.dkim.results[0].status.result !== 'pass') throw new Error('a good message did not pass');
};

(async () => {
    for (let index = 0; index < 200; index++) await once();
    const end = Date.now() + 1000 * Number(process.argv[2]);
    const before = process.cpuUsage();
    let count = 0;
    for (; Date.now() < end; count++) await once();
    const used = process.cpuUsage(before);
    console.log(count / ((used.user + used.system) / 1e6));
})();
