"""A real Postfix for .ci/logs, unpacked below the work folder, in name spaces of its own, under restrictions that say what POLICY does."""
import os, re, shutil, signal, socket, subprocess, sys, time
from pathlib import Path

from helpers import free_port

CACHE = Path.home() / '.cache/postern-postfix'
POLICY = '''TLS_Clt:mx.bank.example	VERIFY
TLS_Clt:mail.shop.example	VERIFY
TLS_Clt:relay.partner.example	ENCR:1
TLS_Srv:mx.good.far.example	VERIFY
TLS_Srv:mx.plain.far.example	ENCR:1
TLS_Srv:mx.late.far.example	VERIFY
TLS_Srv:mx.rogue.far.example	VERIFY
TLS_Srv:mx.old.far.example	ENCR:1
Connect:127.0.0.14	REJECT
Connect:127.0.0.15	RELAY
From:spam.example	REJECT
From:slow.example	ERROR:4.7.1:450 Not now
From:lost.example	DISCARD
From:boss@sure.example	OK
From:sure.example	REJECT
To:blocked@gw.example.test	ERROR:5.2.1:550 Mailbox disabled
To:drop@gw.example.test	DISCARD
To:away@gw.example.test	ERROR:4.2.1:450 Later
To:gw.example.test	RELAY
To:open.example	RELAY
To:far.example	RELAY
'''
MASTER = '''cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
far unix - - n - - smtp -o syslog_name=postfix-out
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
'''


def fetched():
    """The folder of the unpacked package, or None."""
    if not (CACHE / 'usr/sbin/postfix').exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        done = subprocess.run(['apt-get', 'download', '-q', 'postfix'], cwd=CACHE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=120)
        packages = list(CACHE.glob('postfix_*.deb'))
        if done.returncode or not packages:
            return None
        subprocess.run(['dpkg', '-x', str(packages[0]), str(CACHE)], check=True)
    return CACHE


def missing():
    if not shutil.which('unshare') or not shutil.which('dpkg') or not shutil.which('apt-get'):
        return 'needs unshare, dpkg and apt-get'
    return '' if fetched() else 'apt-get cannot fetch it'


class Server:
    def __init__(self, world):
        root, work, gateway, certs = fetched(), world.folder, world.gateway, world.certs
        layer = work / 'etc'
        (work / 'spool').mkdir()
        for own in ('etc/postfix', 'usr/share/postfix'):
            if (root / own).is_dir():
                shutil.copytree(root / own, layer / 'postfix', dirs_exist_ok=True)
        users, groups = Path('/etc/passwd').read_text(), Path('/etc/group').read_text()
        for number, name in enumerate(('postfix', 'postdrop'), 8201):
            users += '' if re.search(f'^{name}:', users, re.M) else f'{name}:x:{number}:{number}::/:/usr/sbin/nologin\n'
            groups += '' if re.search(f'^{name}:', groups, re.M) else f'{name}:x:{number}:\n'
        self.port = free_port()
        files = {
            'passwd': users, 'group': groups, 'nsswitch.conf': 'passwd: files\ngroup: files\nhosts: files\n',
            'hosts': f'127.0.0.1 localhost\n127.0.0.2 {gateway} gw\n' + ''.join(f'{a} {n}\n' for a, n in world.hosts.items()),
            'postfix/clients': '127.0.0.14 REJECT\nmx.bank.example verified\nmail.shop.example verified\nrelay.partner.example encrypted\n',
            'postfix/senders': 'spam.example REJECT\nslow.example 450 4.7.1 Not now\nlost.example DISCARD\nsure.example REJECT\nboss@sure.example OK\n',
            'postfix/recipients': f'blocked@{gateway} 550 5.2.1 Mailbox disabled\ndrop@{gateway} DISCARD\naway@{gateway} 450 4.2.1 Later\n',
            'postfix/late': 'eom.example 450 4.7.0 milter-like: not this one\n',
            'postfix/users': ''.join(f'{name} x\n' for name in ('joe', 'ann', 'milter1', 'blocked', 'drop', 'away')),
            'postfix/headers': '/^Subject: forbidden/ REJECT no\n/^Subject: lose/ DISCARD no\n/^Subject: noted/ WARN odd\n',
            'postfix/routes': ''.join(f'{n[3:]} far:[{n}]:{world.sink_port}\n' for n in world.hosts.values() if n.endswith('.far.example'))
                              + 'open.example discard:\nelsewhere.example discard:\n',
            'postfix/tls': ''.join(f'[mx.{n}.far.example]:{world.sink_port} {level}\n' for n, level in (
                ('good', 'verify match=hostname'), ('plain', 'encrypt'), ('late', 'verify'), ('rogue', 'verify'), ('old', 'encrypt'))),
            'postfix/main.cf': f"""compatibility_level = 3.6
myhostname = {gateway}
mydestination = {gateway}
local_transport = discard
local_recipient_maps = texthash:/etc/postfix/users
relay_domains = open.example, good.far.example, plain.far.example, late.far.example, rogue.far.example, busy.far.example, old.far.example
transport_maps = texthash:/etc/postfix/routes
mynetworks = 127.0.0.15
inet_interfaces = all
inet_protocols = ipv4
alias_maps =
alias_database =
queue_directory = /var/spool/postfix
data_directory = /var/spool/postfix-data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
shlib_directory = /usr/lib/postfix
mail_owner = postfix
setgid_group = postdrop
disable_dns_lookups = yes
smtp_host_lookup = native
maillog_file = /dev/stdout
enable_long_queue_ids = yes
syslog_name = postfix
smtpd_restriction_classes = verified, encrypted
verified = permit_tls_all_clientcerts, defer
encrypted = reject_plaintext_session
smtpd_client_restrictions = check_client_access texthash:/etc/postfix/clients
smtpd_sender_restrictions = check_sender_access texthash:/etc/postfix/senders
smtpd_recipient_restrictions = check_recipient_access texthash:/etc/postfix/recipients
smtpd_relay_restrictions = permit_mynetworks, reject_unauth_destination
smtpd_end_of_data_restrictions = check_sender_access texthash:/etc/postfix/late
smtpd_milters = inet:127.0.0.1:{world.milter.port}
milter_protocol = 2
header_checks = regexp:/etc/postfix/headers
smtpd_error_sleep_time = 0
smtpd_client_connection_count_limit = 0
smtpd_tls_security_level = may
smtpd_tls_chain_files = {certs}/server.key, {certs}/server.pem
smtpd_tls_CAfile = {certs}/ca.pem
smtpd_tls_ask_ccert = yes
smtpd_tls_loglevel = 2
smtp_tls_security_level = may
smtp_tls_policy_maps = texthash:/etc/postfix/tls
smtp_tls_CAfile = {certs}/ca.pem
smtp_tls_loglevel = 2
""",
            'postfix/master.cf': f'{self.port} inet n - n - - smtpd -o syslog_name=postfix/mx\n' + MASTER,
        }
        for file, text in files.items():
            (layer / file).parent.mkdir(parents=True, exist_ok=True)
            (layer / file).write_text(text)
        layer.chmod(0o755)
        (work / 'spool').chmod(0o755)
        script = ('mount --make-rprivate /\nmount -t overlay overlay -o "lowerdir=$1/usr:/usr" /usr\n'
                  'mount -t overlay overlay -o "lowerdir=$2:/etc" /etc\nmount --bind "$3" /var/spool\n'
                  f'hostname {gateway}\nexport LD_LIBRARY_PATH=$1/usr/lib/x86_64-linux-gnu\n'
                  'mkdir -p /var/spool/postfix /var/spool/postfix-data\nchown postfix /var/spool/postfix-data\n'
                  'postfix set-permissions >/dev/null 2>&1 || true\nexec postfix start-fg\n')
        self.log = work / 'mail.log'
        # A space of process numbers of its own: when its first process ends, all others in it do.
        self.process = subprocess.Popen(
            ['unshare', '-m', '-u', '-p', '-f', '--kill-child', '--mount-proc', 'sh', '-ec', script, 'sh', str(root), str(layer), str(work / 'spool')],
            stdin=subprocess.DEVNULL, stdout=open(self.log, 'wb'), stderr=open(work / 'err', 'wb'), start_new_session=True,
            env=dict(os.environ, TZ='UTC'))
        for _ in range(200):
            try:
                with socket.create_connection(('127.0.0.1', self.port), 2) as s:
                    s.settimeout(5)
                    if s.recv(100).startswith(b'220'):
                        return
            except OSError:
                pass
            time.sleep(0.1)
        self.stop()
        sys.exit('logs: Postfix does not start: ' + self.log.read_text()[-800:] + (work / 'err').read_text()[-300:])

    def stop(self):
        time.sleep(3)  # deliveries
        try:
            for child in Path(f'/proc/{self.process.pid}/task/{self.process.pid}/children').read_text().split():
                os.kill(int(child), signal.SIGKILL)
        except (OSError, ValueError):
            pass  # it has gone
        self.process.kill()
        self.process.wait(20)
