// What mailparser shows of mails: one a line on standard input, in base64, an answer a line on standard output, in JSON.
// The folder that holds its node_modules is the first argument.
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

const { simpleParser } = createRequire(`${process.argv[2]}/`)('mailparser');

for await (const line of createInterface({ input: process.stdin })) {
    let shown;
    try {
        const mail = await simpleParser(Buffer.from(line, 'base64'), { skipImageLinks: true });
        shown = {
            from: mail.from?.text ?? '', subject: mail.subject ?? '', date: String(mail.headers.get('date') ?? ''), to: [mail.to].flat().map((one) => one?.text ?? '').join(),
            cc: [mail.cc].flat().map((one) => one?.text ?? '').join(),
            // It writes plain text into its HTML with white space as entities and tags.
            text: `${mail.text ?? ''}\n${(mail.html || '').replace(/&#x9;|<\/?p>|<br ?\/?>/g, ' ')}`,
        };
    } catch (fault) {
        shown = { fault: fault.constructor.name };
    }
    process.stdout.write(`${JSON.stringify({ mailparser: shown })}\n`);
}
