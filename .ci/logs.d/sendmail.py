"""A real sendmail for .ci/logs, in name spaces of its own; its log comes by a socket at /dev/log."""
import os, re, shutil, signal, socket, subprocess, sys, threading, time
from pathlib import Path

from helpers import free_port, run

CF = Path('/usr/share/sendmail/cf')
POLICY = '''TLS_Clt:mx.bank.example	VERIFY:256
TLS_Clt:mail.shop.example	PERM+VERIFY:128+CN:client.example
TLS_Clt:relay.partner.example	ENCR:256
TLS_Clt:old.school.example	PERM+ENCR:128
TLS_Srv:mx.good.far.example	VERIFY:256
TLS_Srv:mx.plain.far.example	ENCR:128
TLS_Srv:mx.late.far.example	VERIFY
TLS_Srv:mx.rogue.far.example	PERM+VERIFY
TLS_Srv:mx.old.far.example	VERIFY+CN:mx.old.far.example
TLS_Rcpt:u@open.example	VERIFY
Connect:bad.peer.example	REJECT
Connect:mx.news.example	RELAY
From:spam.example	REJECT
From:slow.example	ERROR:4.7.1:450 Not now
From:lost.example	DISCARD
From:boss@sure.example	OK
From:sure.example	REJECT
To:blocked@gw.example.test	ERROR:5.2.1:550 Mailbox disabled
To:drop@gw.example.test	DISCARD
To:away@gw.example.test	ERROR:4.2.1:450 Later
To:open.example	RELAY
To:far.example	RELAY
'''


def missing():
    return '' if Path('/usr/sbin/sendmail').exists() and CF.exists() and shutil.which('m4') else 'needs sendmail-bin, sendmail-cf and m4'


class Server:
    def __init__(self, world):
        work, gateway, certs = world.folder, world.gateway, world.certs
        (work / 'queue').mkdir(mode=0o700)
        tables = {'access': POLICY, 'users': ''.join(f'nobody{n}@{gateway}\terror:nouser {"550 " * (n - 1)}User unknown\n' for n in (1, 2)),
                  'mailers': ''.join(f'{n[3:]}\tesmtp:[{n}]\n' for n in world.hosts.values() if n.endswith('.far.example'))
                             + 'elsewhere.example\terror:5.1.2:550 unknown place\n' + 'open.example\tesmtp:[mx.good.far.example]\n'}
        for table, text in tables.items():
            (work / table).write_text(text)
            run('makemap', 'hash', str(work / table), stdin=open(work / table))
        (work / 'hosts').write_text(f'127.0.0.1 localhost {gateway} gw\n' + ''.join(f'{a} {n}\n' for a, n in world.hosts.items()))
        (work / 'nsswitch').write_text('passwd: files\ngroup: files\nhosts: files\n')
        (work / 'passwd').write_text(Path('/etc/passwd').read_text() + ''.join(
            f'{name}:x:{number}:100::/:/bin/sh\n' for number, name in enumerate(('joe', 'ann', 'milter1', 'blocked', 'drop', 'away'), 29001)))
        (work / 'switch').write_text('hosts files\npasswd files\naliases files\n')
        (work / 'm.mc').write_text(f"""divert(0)dnl
OSTYPE(`linux')dnl
define(`confDOMAIN_NAME', `{gateway}')dnl
define(`QUEUE_DIR', `{work}/queue')dnl
define(`ALIAS_FILE', `')dnl
define(`STATUS_FILE', `{work}/statistics')dnl
define(`confHOSTS_FILE', `{work}/hosts')dnl
define(`confSERVICE_SWITCH_FILE', `{work}/switch')dnl
define(`confDELIVERY_MODE', `background')dnl
define(`confTO_IDENT', `0')dnl
define(`confLOG_LEVEL', `14')dnl
define(`confQUEUE_LA', `5000')dnl
define(`confREFUSE_LA', `5000')dnl
define(`confDELAY_LA', `0')dnl
define(`confMIN_FREE_BLOCKS', `0')dnl
define(`confBAD_RCPT_THROTTLE', `20')dnl
define(`confCACERT_PATH', `{certs}')dnl
define(`confCACERT', `{certs}/ca.pem')dnl
define(`confSERVER_CERT', `{certs}/server.pem')dnl
define(`confSERVER_KEY', `{certs}/server.key')dnl
define(`confTLS_SRV_OPTIONS', `')dnl
define(`LOCAL_MAILER_PATH', `/bin/sh')dnl
define(`LOCAL_MAILER_ARGS', `sh -c cat>/dev/null')dnl
define(`ESMTP_MAILER_ARGS', `TCP $h {world.sink_port}')dnl
FEATURE(`nocanonify')dnl
FEATURE(`access_db', `hash -T<TMPF> {work}/access')dnl
FEATURE(`blocklist_recipients')dnl
FEATURE(`accept_unresolvable_domains')dnl
FEATURE(`mailertable', `hash {work}/mailers')dnl
LOCAL_DOMAIN(`{gateway}')dnl
VIRTUSER_DOMAIN(`{gateway}')dnl
FEATURE(`virtusertable', `hash {work}/users')dnl
INPUT_MAIL_FILTER(`m', `S=inet:{world.milter.port}@127.0.0.1, T=S:30s;R:30s')dnl
MAILER(`local')dnl
MAILER(`smtp')dnl
LOCAL_CONFIG
Karith arith
HSubject: $>CheckSubject
LOCAL_RULESETS
SCheckSubject
R$* forbidden $*	$#error $@ 5.7.1 $: "550 Subject refused"

Scheck_data
R3	$#error $@ 5.5.0 $: "550 Three are too many"

Scheck_eom
R$*	$: < $&f >
R< $* @ eom.example >	$#error $@ 4.7.0 $: "450 Not this one"
""")
        cf = run('m4', f'-D_CF_DIR_={CF}/', f'-I{CF}', str(CF / 'm4/cf.m4'), str(work / 'm.mc'), cwd=work)
        (work / 'm.cf').write_bytes(b'\n'.join(l for l in cf.split(b'\n') if not l.startswith(b'***')))
        device = work / 'dev'
        device.mkdir()
        for name, minor in (('null', 3), ('zero', 5), ('random', 8), ('urandom', 9)):
            os.mknod(device / name, 0o20666, os.makedev(1, minor))
            (device / name).chmod(0o666)
        self.log = open(work / 'mail.log', 'wb')
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(str(device / 'log'))
        (device / 'log').chmod(0o666)
        threading.Thread(target=self.take, daemon=True).start()
        self.port = free_port()
        inside = (f'mount --bind {work}/hosts /etc/hosts; mount --bind {work}/nsswitch /etc/nsswitch.conf; '
                  f'mount --bind {work}/passwd /etc/passwd; mount --bind {device} /dev; hostname {gateway}; exec "$@"')
        self.process = subprocess.Popen(
            ['unshare', '--uts', '--mount', 'sh', '-c', inside, 'sh', '/usr/sbin/sendmail', '-bD', '-C', str(work / 'm.cf'),
             '-O', f'DaemonPortOptions=Port={self.port},Addr=0.0.0.0', '-O', f'PidFile={work}/pid'],
            stdin=subprocess.DEVNULL, stdout=open(work / 'out', 'wb'), stderr=subprocess.STDOUT, start_new_session=True,
            env=dict(os.environ, TZ='UTC'))
        for _ in range(100):
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return
            except OSError:
                time.sleep(0.1)
        self.stop()
        sys.exit('logs: sendmail does not start: ' + (work / 'out').read_text()[-500:])

    def take(self):
        while True:
            try:
                text = self.socket.recv(65536)
            except OSError:
                return
            text = re.sub(rb'^<\d+>(.{15}) ', rb'\1 gw ', text.rstrip(b'\0\n'))
            self.log.write(text.replace(b'\n', b' ') + b'\n')
            self.log.flush()

    def stop(self):
        time.sleep(3)  # deliveries in the background
        try:
            os.killpg(self.process.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.process.wait(20)
        time.sleep(1)
        self.socket.close()
