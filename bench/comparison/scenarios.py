"""What is asked, and how long a round of it takes."""
import resource
from dataclasses import dataclass, replace

# What stays free of descriptors: a side's own files, listeners and idle connections.
SPARE = 1000


@dataclass(frozen=True)
class Scenario:
    """Requests of one kind, by a number of users who each ask again when they have their answer."""

    name: str
    what: str
    words: str  # for the simulator
    users: int
    seconds: float  # a turn
    tail: float = 0.3  # what the last answers take behind it
    streamed: bool = True
    stamped: bool = False  # whether the delay of each token is measured
    prompt: int = 16
    unit: str = "chunk"
    sides: tuple = ()  # only these, where it is not for all
    base: str = "nginx"  # ratios are to it
    http2: bool = False  # whether the generator speaks it, by ALPN

    def flags(self, share):
        how = [] if self.streamed else ["--no-stream"]
        how += ["--http2"] if self.http2 else []
        how += ["--stamped" if self.stamped else "--numbered", "--prompt", str(self.prompt)]
        return [*how, "--script", self.words, "--concurrency", str(self.scaled(share))]

    def shorter(self, scale):
        return replace(self, seconds=round(self.seconds * scale, 1))

    def scaled(self, share):
        return max(1, round(self.users * share))


@dataclass(frozen=True)
class Held:
    """Open streams, one token a second each; a stream costs a proxy two descriptors."""

    name: str
    wanted: int
    sides = ()  # for all

    def users(self, share=1.0):
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        return min(max(1, round(self.wanted * share)), (limit - SPARE) // 2)

    def ramp(self, share=1.0):
        return max(1, round(self.users(share) / 2000))

    def tokens(self, share=1.0):
        return self.ramp(share) + 5

    @property
    def what(self):
        short = "" if self.users() == self.wanted else f" ({self.wanted:,} wanted; `ulimit -n` allows no more)"
        return f"{self.users():,} open streams, one token a second{short}"

    def seconds(self, share=1.0):
        return 7 + self.ramp(share) + self.tokens(share)


TIMED = [
    Scenario("S1", "200 paced streams of 128 tokens, 20 ms", "tokens=128 pace=20ms", 200, 5, 2.6, stamped=True),
    Scenario("S1lo", "10 paced streams of 128 tokens, 20 ms", "tokens=128 pace=20ms", 10, 3, 2.6, stamped=True),
    Scenario("S2", "16 unpaced streams of 2,000 tokens", "tokens=2000", 16, 2.5),
    Scenario("S4", "short requests, not streamed, 32 connections", "tokens=1", 32, 2.5, streamed=False, unit="request"),
    Scenario("S4s", "short requests, streamed with one token, 32 connections", "tokens=1", 32, 2.5, unit="request"),
    Scenario("S5", "prompts of 100 KB, 8 tokens streamed, 8 connections", "tokens=8", 8, 2.5, prompt=25000, unit="request"),
]

# As real servers write: each event by itself, with vLLM's members, of Arabic and English words.
REAL = "eventwise vllm mixed"


def real(name, what, **more):
    """A scenario again, of an upstream that writes as real servers do."""
    usual = next(each for each in TIMED if each.name == name)
    words = more.pop("words", usual.words)
    return replace(usual, name=name + "r", what=what, words=f"{words} {REAL}", **more)


REALS = [
    real("S2", "16 unpaced streams of 2,000 tokens, each event in its own write"),
    real("S4", "whole answers of 12 tokens, each event of a stream in its own write", words="tokens=12"),
    real("S4s", "streams of one token, each event in its own write"),
]
# Each behind the one that it repeats.
TIMED = [each for usual in TIMED for each in [usual, *(real for real in REALS if real.name == usual.name + "r")]]
# What a chunk costs between dialects, beside one that is passed between equal ones.
TIMED += [
    Scenario(
        "T",
        "16 unpaced streams of 2,000 tokens, between dialects",
        "tokens=2000",
        16,
        2.5,
        sides=("direct", "tayyar", "messages", "chat-messages", "chat-gemini", "messages-chat"),
        base="tayyar",
    )
]
SHORT = next(each for each in TIMED if each.name == "S4")

# What a token and a request cost where the sides speak TLS with their clients; there is no direct way then.
SECURED = ("nginx-tls", "tayyar-tls")


def secured(name, http2):
    """A scenario again over TLS."""
    usual = next(each for each in TIMED if each.name == name)
    what = f"{usual.what}; over TLS, {'HTTP/2' if http2 else 'HTTP/1.1'}"
    what = what.replace("32 connections", "32 streams") if http2 else what
    return replace(usual, name=name + ("h" if http2 else "t"), what=what, http2=http2, sides=SECURED, base=SECURED[0])


TIMED += [secured(name, http2) for http2 in (False, True) for name in ("S1", "S4")]


def held(most=None):
    """Two numbers of open streams; the larger one is what a limit of 20,000 descriptors allows, or what is said."""
    return [Held("S3", 2000), Held("S3x", most or 9000)]


def quick():
    """A short look: half the tokens and a part of the time."""
    s1, s4 = (next(each for each in TIMED if each.name == name) for name in ("S1", "S4"))
    paced = replace(s1, what="200 paced streams of 64 tokens, 20 ms", words="tokens=64 pace=20ms", seconds=1.6, tail=1.3)
    return [paced, replace(s4, seconds=1.2)]


NAMES = [each.name for each in [*TIMED, *held()]]
