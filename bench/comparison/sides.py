"""Those that are compared: how each is installed, configured and started. All have one upstream and one key."""
import json
import os
import resource
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .servers import NotThere, free_port, tree

HOME = Path(__file__).resolve().parents[2]
PEERS = HOME / "bench" / "peers"
BUILD = HOME / "build" / "peers"
KEY = "sk-compare"


@dataclass
class Running:
    """A side that answers."""

    name: str
    port: int
    key: str
    process: object = None
    headers: tuple = ()
    call: str = ""  # below /v1, where it is no chat
    authority: object = None  # the file with the certificate that it has; None where it speaks no TLS

    def pids(self):
        return tree(self.process.pid) if self.process else []


class Side:
    """One of those compared."""

    name = ""
    share = 1.0  # of the load, where it can't keep up with all of it
    others = False  # somebody else's gateway: what it breaks is told and fails nothing
    note = ""
    scenarios = None  # those that it takes part in, where that is not each

    def takes(self, scenario):
        """Whether a scenario is for it; one that names sides is for no others."""
        its = self.scenarios is None or scenario.name in self.scenarios
        return its and (not scenario.sides or self.name in scenario.sides)

    @property
    def far(self):
        """Whether it is measured apart, beside nginx at the same part of the load."""
        return self.share != 1

    def version(self):
        return ""

    def install(self):
        """Makes it runnable, or raises NotThere."""

    def start(self, servers, upstream):
        raise NotImplementedError


def said(command):
    """The first line a program prints."""
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return (out.stdout + out.stderr).strip().splitlines()[0]


def steps(*commands, folder=None):
    """Runs installers, or raises NotThere with the last line of the one that failed."""
    for command in commands:
        if shutil.which(str(command[0])) is None:
            raise NotThere(f"{command[0]} is not on the PATH")
        out = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
        if out.returncode != 0:
            last = (out.stdout + out.stderr).strip().splitlines()[-1:]
            raise NotThere(f"`{' '.join(map(str, command[:3]))} ...` failed: {' '.join(last)[:200]}")


def debian(program):
    if shutil.which(program):
        return
    if os.getuid() != 0 or shutil.which("apt-get") is None:
        raise NotThere(f"{program} is not on the PATH")
    steps(["apt-get", "install", "-y", "-qq", program])


def once(name, mark, install):
    """Installs into the build folder, again only when what is pinned has changed."""
    folder = BUILD / name
    done = folder / ".installed"
    if done.exists() and done.read_text() == mark:
        return
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    install(folder)
    done.write_text(mark)


def descriptors():
    return resource.getrlimit(resource.RLIMIT_NOFILE)[0]


class Direct(Side):
    name = "direct"
    note = "the simulator itself"

    def start(self, servers, upstream):
        return Running(self.name, upstream, "sk-none")


def certificate(folder):
    """A certificate for 127.0.0.1 that is its own authority, and its key; made once."""
    pem, key = folder / "edge.pem", folder / "edge.key"
    if not pem.exists():
        command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
        command += ["-days", "2", "-subj", "/CN=compare", "-addext", "subjectAltName=IP:127.0.0.1"]
        steps([*command, "-keyout", key, "-out", pem])
    return pem, key


class Nginx(Side):
    name = "nginx"
    tls = False

    def version(self):
        return said(["nginx", "-v"]).rsplit("/", 1)[-1]

    def install(self):
        debian("nginx")

    def start(self, servers, upstream):
        port, folder = free_port(), servers.folder / self.name
        folder.mkdir(exist_ok=True)
        spoken, pem = "", None
        if self.tls:
            pem, secret = certificate(servers.folder)
            # From nginx 1.25.1 on `http2 on;` says the same, and this is still understood.
            spoken = f" ssl http2; ssl_certificate {pem}; ssl_certificate_key {secret}"
        (folder / "nginx.conf").write_text(
            f"""worker_processes 2; daemon off; pid {folder}/nginx.pid; error_log {folder}/nginx.err crit;
            worker_rlimit_nofile {descriptors()};
            events {{ worker_connections {descriptors() - 100}; }}
            http {{ access_log off; client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
              client_max_body_size 20m; client_body_buffer_size 1m; keepalive_requests 1000000;
              map $http_authorization $known {{ default 0; "Bearer {KEY}" 1; }}
              upstream up {{ server 127.0.0.1:{upstream}; keepalive 1024; keepalive_requests 1000000; }}
              server {{ listen 127.0.0.1:{port} backlog=4096{spoken};
                location / {{ if ($known = 0) {{ return 401; }}
                  proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_buffering off; proxy_request_buffering off; proxy_read_timeout 600s; }} }} }}"""
        )
        process = servers.start(["nginx", "-p", folder, "-c", folder / "nginx.conf"], port)
        return Running(self.name, port, KEY, process, authority=pem)


class OverTls(Side):
    scenarios = ("S1t", "S4t", "S1h", "S4h")
    tls = True

    def install(self):
        super().install()
        debian("openssl")


class NginxTls(OverTls, Nginx):
    name = "nginx-tls"
    note = "nginx with TLS and HTTP/2 for its clients, its upstream asked as before"


class HAProxy(Side):
    name = "haproxy"

    def version(self):
        return said(["haproxy", "-v"]).split()[2]

    def install(self):
        debian("haproxy")

    def start(self, servers, upstream):
        port, config = free_port(), servers.folder / "haproxy.cfg"
        config.write_text(
            f"""global
    nbthread 2
    maxconn {(descriptors() - 400) // 2}
defaults
    mode http
    timeout connect 5s
    timeout client 600s
    timeout server 600s
    option http-no-delay
    http-reuse always
frontend in
    bind 127.0.0.1:{port} backlog 4096
    http-request deny deny_status 401 unless {{ req.hdr(authorization) -m str "Bearer {KEY}" }}
    default_backend up
backend up
    server one 127.0.0.1:{upstream} pool-max-conn 1024
"""
        )
        process = servers.start(["haproxy", "-db", "-f", config], port)
        return Running(self.name, port, KEY, process)


class Netty(Side):
    name = "netty"
    others = True
    note = "no gateway: Netty's codecs and one comparison of a key, the least that Java costs (bench/peers/netty)"

    def version(self):
        jar = next((HOME / "server/target/lib").glob("netty-common-*.jar"))
        return jar.stem.split("-")[-1].removesuffix(".Final")

    def install(self):
        steps([HOME / "tayyar", "version"])
        source = PEERS / "netty/PassThrough.java"

        def install(folder):
            steps([self.jdk() / "javac", "-cp", HOME / "server/target/lib/*", "-d", folder, source])

        once(self.name, self.version() + source.read_text(), install)

    @staticmethod
    def jdk():
        """The one that Tayyar was built with."""
        return Path((HOME / "server/target/.jdk").read_text()) / "bin"

    def start(self, servers, upstream):
        port, classes = free_port(), f"{BUILD / self.name}:{HOME}/server/target/lib/*"
        options = ["-XX:+UseSerialGC", "-XX:+UseCompactObjectHeaders", "-Xmn32m", "--enable-native-access=ALL-UNNAMED"]
        options += ["--sun-misc-unsafe-memory-access=allow", "-Dio.netty.leakDetection.level=disabled"]
        command = [self.jdk() / "java", *options, "-cp", classes, "PassThrough", str(port), str(upstream), KEY]
        return Running(self.name, port, KEY, servers.start(command, port))


class LiteLLM(Side):
    name = "litellm"
    share = 0.05
    others = True
    pinned = PEERS / "litellm" / "requirements.txt"

    def version(self):
        return next(line for line in self.pinned.read_text().splitlines() if line.startswith("litellm==")).split("==")[1]

    def install(self):
        def install(folder):
            steps(["python3", "-m", "venv", folder], [folder / "bin/pip", "install", "-q", "-r", self.pinned])

        once(self.name, self.pinned.read_text(), install)

    def start(self, servers, upstream):
        port, config = free_port(), servers.folder / "litellm.yaml"
        config.write_text(
            f"""model_list:
  - model_name: sim
    litellm_params: {{ model: openai/sim, api_base: "http://127.0.0.1:{upstream}/v1", api_key: sk-upstream }}
general_settings: {{ master_key: {KEY} }}
litellm_settings: {{ request_timeout: 600, num_retries: 0 }}
"""
        )
        quiet = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "DISABLE_ADMIN_UI": "True"}
        command = [BUILD / "litellm/bin/litellm", "--config", config, "--host", "127.0.0.1", "--port", str(port)]
        command += ["--num_workers", "1", "--telemetry", "False"]
        process = servers.start(command, port, env={**os.environ, **quiet})
        return Running(self.name, port, KEY, process)


class Bifrost(Side):
    name = "bifrost"
    others = True
    note = "its core behind a small HTTP front of ours (bench/peers/bifrost)"

    def version(self):
        words = (PEERS / "bifrost/go.mod").read_text().split()
        return words[words.index("github.com/maximhq/bifrost/core") + 1].lstrip("v")

    def install(self):
        source = PEERS / "bifrost"

        def install(folder):
            steps(["go", "build", "-o", folder / "bifrost", "."], folder=source)

        once(self.name, (source / "go.mod").read_text() + (source / "main.go").read_text(), install)

    def start(self, servers, upstream):
        port = free_port()
        command = [BUILD / "bifrost/bifrost", "-listen", f"127.0.0.1:{port}", "-key", KEY]
        process = servers.start([*command, "-upstream", f"http://127.0.0.1:{upstream}/v1"], port)
        return Running(self.name, port, KEY, process)


class Portkey(Side):
    name = "portkey"
    share = 0.25
    others = True
    note = "with a patch of ours, without which each request fails (bench/peers/portkey/mutable.mjs); it checks no key"

    def version(self):
        return json.loads((PEERS / "portkey/package.json").read_text())["dependencies"]["@portkey-ai/gateway"]

    def install(self):
        source = PEERS / "portkey"

        def install(folder):
            for file in source.iterdir():
                shutil.copy(file, folder)
            steps(["npm", "ci", "--silent", "--no-audit", "--no-fund"], folder=folder)

        once(self.name, (source / "package-lock.json").read_text() + (source / "mutable.mjs").read_text(), install)

    def start(self, servers, upstream):
        port, folder = free_port(), BUILD / "portkey"
        program = folder / "node_modules/@portkey-ai/gateway/build/start-server.js"
        command = ["node", "--import", folder / "mutable.mjs", program, f"--port={port}", "--headless"]
        process = servers.start(command, port)
        headers = ("x-portkey-provider: openai", f"x-portkey-custom-host: http://127.0.0.1:{upstream}/v1")
        return Running(self.name, port, KEY, process, headers)


class Tayyar(Side):
    name = "tayyar"
    note = "keys, limits, ledger, metrics and log on"
    settings = ""
    dialect = "openai"  # of its target
    call = ""
    tls = False

    def version(self):
        commit = said(["git", "-C", HOME, "rev-parse", "--short", "HEAD"])
        return said([HOME / "tayyar", "version"]).split(",")[0].split()[-1] + " " + commit

    def install(self):
        steps([HOME / "tayyar", "version"])

    def start(self, servers, upstream):
        port, folder = free_port(), servers.folder
        pem, secret = certificate(folder) if self.tls else (None, None)
        spoken = f"tls: {{ certificate: {pem}, key: {secret} }}\n" if self.tls else ""
        config = folder / f"tayyar-{port}.yaml"
        config.write_text(
            f"""listen: 127.0.0.1:{port}
admin: 127.0.0.1:0
store: sqlite:{folder}/compare-{port}.db
models:
  - name: sim
    targets:
      - {{ url: "http://127.0.0.1:{upstream}/v1", model: sim, dialect: {self.dialect} }}
{self.settings}{spoken}"""
        )
        create = [HOME / "tayyar", "keys", "create", "--rpm", "1000000000", "--json", "--config", config]
        made = json.loads(subprocess.run(create, check=True, capture_output=True).stdout)
        key = next(v for v in made.values() if str(v).startswith("sk-") and "..." not in str(v))
        # The server itself, without the launcher that would start it again.
        environment = {**os.environ, "TAYYAR_LOG_LEVEL": "info", "TAYYAR_RESTART": "off"}
        process = servers.start([HOME / "tayyar", "serve", "--config", config], port, env=environment)
        return Running(self.name, port, key, process, call=self.call, authority=pem)


class TayyarTls(OverTls, Tayyar):
    name = "tayyar-tls"
    note = "Tayyar with TLS and HTTP/2 for its clients"


class ChatToMessages(Tayyar):
    name = "chat-messages"
    note = "Tayyar between dialects: a chat, its target speaks Messages"
    dialect = "anthropic"
    scenarios = ("T",)


class ChatToGemini(Tayyar):
    name = "chat-gemini"
    note = "Tayyar between dialects: a chat, its target speaks Google's own"
    dialect = "gemini"
    scenarios = ("T",)


class MessagesToChat(Tayyar):
    name = "messages-chat"
    note = "Tayyar between dialects: a message, its target speaks chats"
    call = "/messages"
    scenarios = ("T",)


class MessagesAlone(Tayyar):
    name = "messages"
    note = "Tayyar between equal dialects: both speak Messages"
    dialect = "anthropic"
    call = "/messages"
    scenarios = ("T",)


class Unseen(Tayyar):
    name = "unseen"
    note = "Tayyar without telemetry: keys, limits and ledger on, metrics and log off"
    settings = "telemetry: { metrics: false, accessLog: false }\n"


TRANSLATED = [MessagesAlone(), ChatToMessages(), ChatToGemini(), MessagesToChat()]
SECURED = [NginxTls(), TayyarTls()]
ALL = [Direct(), Nginx(), HAProxy(), Netty(), Tayyar(), Unseen(), *TRANSLATED, *SECURED, Bifrost(), Portkey(), LiteLLM()]
NAMES = [side.name for side in ALL]


def simulator(servers):
    """The upstream of all."""
    port = free_port()
    servers.start([HOME / "tayyar", "simulate", "--listen", f"127.0.0.1:{port}", "--script", "tokens=16"], port)
    return port
