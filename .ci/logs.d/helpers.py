"""What stands around the mail servers of .ci/logs: a milter, servers that mail goes out to, certificates."""
import os, socket, ssl, struct, subprocess, sys, threading, time


def run(*command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120, **more)
    if done.returncode:
        sys.exit(f'logs: {command[0]} ended with {done.returncode}: {done.stdout.decode(errors="replace")[-800:]}')
    return done.stdout


def certificates(folder, name, others=()):
    """ca, server, good (client.example), other, expired, self, and one for each of others: each NAME.pem and NAME.key."""
    folder.mkdir(parents=True)
    key = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes')
    for short, subject in (('ca', '/O=Authority/CN=Test CA'), ('self', '/CN=client.example')):
        run('openssl', 'req', '-x509', *key, '-keyout', f'{short}.key', '-out', f'{short}.pem', '-subj', subject, '-days', '30', cwd=folder)
    (folder / 'index').write_text('')
    (folder / 'ca.cnf').write_text(
        '[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\ncertificate=ca.pem\nprivate_key=ca.key\nrand_serial=yes\n'
        'default_md=sha256\npolicy=p\nunique_subject=no\nemail_in_dn=no\n[p]\ncommonName=supplied\norganizationName=optional\n')
    now = time.time()
    day = lambda n: time.strftime('%Y%m%d%H%M%SZ', time.gmtime(now + n * 86400))
    for short, subject, begin, end in (('server', f'/CN={name}', -1, 30), ('good', '/O=Client/CN=client.example', -1, 30),
                                       ('other', '/O=Other/CN=other.example', -1, 30), ('expired', '/CN=client.example', -30, -2),
                                       *((o, f'/CN={o}', -30, -2 if 'late' in o else 30) for o in others)):
        run('openssl', 'req', '-new', *key, '-keyout', f'{short}.key', '-out', f'{short}.csr', '-subj', subject, cwd=folder)
        run('openssl', 'ca', '-batch', '-notext', '-config', 'ca.cnf', '-in', f'{short}.csr', '-out', f'{short}.pem',
            '-startdate', day(begin), '-enddate', day(end), cwd=folder)
    for file in folder.glob('*.key'):
        file.chmod(0o600)


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


class Milter:
    """Speaks version 2 of the protocol. Refuses recipients called milter*, senders at milter.example and what subjects ask for."""

    def __init__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.talk, args=(connection,), daemon=True).start()

    def talk(self, connection):
        file = connection.makefile('rb')
        say = lambda code, text=b'': connection.sendall(struct.pack('>I', 1 + len(text)) + code + text)
        subject = b''
        while True:
            size = file.read(4)
            if len(size) < 4:
                return
            data = file.read(struct.unpack('>I', size)[0])
            command, rest = data[:1], data[1:]
            if command == b'O':
                say(b'O', struct.pack('>III', 2, 0x3f, 0))
            elif command in b'DAK':
                subject = b'' if command == b'A' else subject
            elif command == b'Q':
                return
            elif command == b'M' and b'@milter.example' in rest:
                say(b'y', b'550 5.7.1 the milter refuses the sender\0')
            elif command == b'R' and rest.startswith(b'<milter'):
                say(b'y', b'550 5.7.1 the milter refuses the recipient\0')
            elif command == b'L' and rest.lower().startswith(b'subject\0'):
                subject = rest[8:]
                say(b'c')
            elif command == b'E':
                if b'virus' in subject:
                    say(b'y', b'554 5.7.1 the milter refuses the message\0')
                elif b'tired' in subject:
                    say(b't')
                elif b'lose' in subject:
                    say(b'd')
                else:
                    if b'doubt' in subject:
                        say(b'q', b'odd\0')
                    say(b'c')
                subject = b''
            else:
                say(b'c')

    def stop(self):
        self.listener.close()


class Sink:
    """A mail server that takes everything; with a certificate it offers STARTTLS, and 'busy' puts that off."""

    def __init__(self, address, port, certificate=None, busy=False, version=None):
        self.context = None
        if certificate:
            self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self.context.load_cert_chain(f'{certificate}.pem', f'{certificate}.key')
            if version:
                self.context.maximum_version = version
        self.busy = busy
        self.taken = 0
        self.listener = socket.create_server((address, port))
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.guarded, args=(connection,), daemon=True).start()

    def guarded(self, connection):
        try:
            self.talk(connection)
        except OSError:
            pass  # the peer has gone; its log tells why
        finally:
            connection.close()

    def talk(self, connection):
        file = connection.makefile('rb')
        say = lambda text: connection.sendall(text.encode() + b'\r\n')
        secure = False
        say('220 sink ESMTP')
        while line := file.readline():
            verb = line[:4].upper()
            if verb == b'EHLO':
                offers = (self.context or self.busy) and not secure
                say('250-sink\r\n250-STARTTLS\r\n250 8BITMIME' if offers else '250-sink\r\n250 8BITMIME')
            elif verb == b'STAR' and self.busy:
                say('454 4.3.3 busy')
            elif verb == b'STAR' and self.context:
                say('220 go')
                connection = self.context.wrap_socket(connection, server_side=True)
                file = connection.makefile('rb')
                secure = True
            elif verb == b'DATA':
                say('354 go')
                while (line := file.readline()) and line != b'.\r\n':
                    pass
                self.taken += 1
                say('250 2.0.0 taken')
            elif verb == b'QUIT':
                say('221 bye')
                return
            else:
                say('250 2.0.0 fine')

    def stop(self):
        self.listener.close()
