// One message by nodemailer: PORT SENDER RECIPIENT SUBJECT TLS CERTIFICATE KEY (the last three may be empty).
const fs = require('fs');
const nodemailer = require('nodemailer');
const [port, from, to, subject, tls, cert, key] = process.argv.slice(2);
const options = { host: '127.0.0.1', port: Number(port), secure: false, name: 'client.interop.test' };
if (tls) {
  options.requireTLS = true;
  options.tls = { rejectUnauthorized: false, minVersion: 'TLSv' + tls, maxVersion: 'TLSv' + tls };
  if (cert) Object.assign(options.tls, { cert: fs.readFileSync(cert), key: fs.readFileSync(key) });
} else {
  options.ignoreTLS = true;
}
nodemailer.createTransport(options).sendMail({ from, to, subject, text: '.\ntext\n' })
  .catch(error => { console.error(error); process.exit(1); });
