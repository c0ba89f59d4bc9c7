"""What bench/compare makes of what it reads: ratios, differences, what is broken, what ends by itself.

    cd bench && python3 -B -m unittest comparison.tests
"""
import importlib.machinery
import importlib.util
import json
import shutil
import subprocess
import tempfile
import time
import types
import unittest
from pathlib import Path

from . import rounds, scenarios, servers, sides, tables

COMPARE = str(Path(__file__).parents[1] / "compare")


def compare():
    """The command itself, which has no ending."""
    loader = importlib.machinery.SourceFileLoader("compare", COMPARE)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("compare", loader))
    loader.exec_module(module)
    return module


def turn(micros, ttft=1.0):
    points = {"count": 1, "p50": ttft, "p99": ttft, "p999": ttft}
    return {"cpuMicros": micros, "ttft": points, "delay": {**points, "count": 0}, "e2e": points}


def row(*turns, broken=0, **more):
    none = {"count": 0, "p50": 0, "p99": 0, "p999": 0}
    some = {"count": 1, "p50": 1, "p99": 1, "p999": 1}
    rate = {"requestsPerSecond": 10.0, "tokensPerSecond": 100.0}
    flaws = {"failures": {"eof": broken} if broken else {}, "flaws": {}, "broken": broken, "requests": 10}
    memory = {"rssIdle": 1, "rssNow": 2, "rssMost": 3, "added": None}
    return {"rounds": list(turns), "ttft": some, "delay": none, "e2e": some, **rate, **flaws, **memory, **more}


class Figures(unittest.TestCase):
    def test_a_ratio_is_the_median_of_the_rounds_ratios(self):
        mine, nginx = row(turn(10), turn(40), turn(30)), row(turn(10), turn(10), turn(20))
        self.assertEqual(rounds.cpu_ratio(mine, nginx), 1.5)
        self.assertEqual(rounds.cpu_median(mine), 30)
        self.assertEqual(rounds.cpu_range(mine), (10, 40))

    def test_a_round_without_cpu_has_no_ratio(self):
        self.assertIsNone(rounds.cpu_ratio(row(turn(10), turn(None)), row(turn(10), turn(10))))

    def test_what_is_added_is_the_median_over_direct_in_the_same_round(self):
        added = rounds.added(row(turn(1, 5), turn(1, 9), turn(1, 8)), row(turn(1, 4), turn(1, 1), turn(1, 2)))
        self.assertEqual(added["ttft-p50"], 6)
        self.assertEqual(added["e2e-p50"], 6)
        self.assertNotIn("delay-p50", added)

    def test_a_lost_end_is_broken_and_an_odd_chunk_is_not(self):
        self.assertEqual(rounds.broken({"failures": {"eof": 2}, "flaws": {"no_done": 1, "strange_chunk": 9}}), 3)

    def test_a_turns_cpu_ends_where_the_next_one_begins(self):
        watch = types.SimpleNamespace(between=lambda _, begin, end: end - begin)
        times = {"count": 1, "p50": 1, "p99": 1, "p999": 1}
        its = {"requests": 4, "failed": 2, "completionTokens": 100, "ttft": times, "delay": times, "e2e": times}
        side = {"name": "a", "turns": [{**its, "began": 0, "ended": 1000}, {**its, "began": 1100, "ended": 2000}]}
        first, second = rounds.turns(side, watch, "request")
        self.assertAlmostEqual(first["cpuMicros"], 1.1 / 2 * 1e6)
        self.assertAlmostEqual(second["cpuMicros"], (0.9 + rounds.AFTER) / 2 * 1e6)


class Processes(unittest.TestCase):
    def test_one_that_has_ended_is_told(self):
        process = subprocess.Popen(["true"])
        process.wait()
        for look in (servers.memory, servers.cpu, servers.descriptors):
            with self.assertRaises(servers.NotThere):
                look([process.pid])

    def test_a_side_that_ends_does_not_stop_the_clocks_of_others(self):
        lasting, short = subprocess.Popen(["sleep", "60"]), subprocess.Popen(["sleep", "0.2"])
        try:
            with servers.CpuWatch({"short": [short.pid], "lasting": [lasting.pid]}) as watch:
                short.wait()
                time.sleep(0.5)
            self.assertEqual(watch.gone, {"short"})
            self.assertEqual(len(watch.read["lasting"]), len(watch.at))
            self.assertGreaterEqual(watch.between("lasting", watch.at[0], watch.at[-1]), 0)
        finally:
            lasting.kill()
            lasting.wait()

    def test_cpu_between_two_looks_is_shared_out(self):
        watch = servers.CpuWatch({})
        watch.at, watch.read = [10.0, 20.0], {"a": [1.0, 3.0]}
        self.assertAlmostEqual(watch.between("a", 12.5, 15.0), 0.5)
        self.assertAlmostEqual(watch.between("a", 0, 99), 2.0)


class Scenarios(unittest.TestCase):
    def test_a_real_one_repeats_its_own_but_for_how_the_upstream_writes(self):
        by_name = {each.name: each for each in scenarios.TIMED}
        usual = ["S1", "S1lo", "S2", "S2r", "S4", "S4r", "S4s", "S4sr", "S5", "T"]
        self.assertEqual(list(by_name), [*usual, "S1t", "S4t", "S1h", "S4h"])
        for name in ("S2", "S4", "S4s"):
            usual, real = by_name[name], by_name[name + "r"]
            self.assertTrue(real.words.endswith(" eventwise vllm mixed"))
            self.assertNotIn("eventwise", usual.words)
            self.assertEqual((real.users, real.seconds, real.streamed), (usual.users, usual.seconds, usual.streamed))
            self.assertIn("--numbered", real.flags(1.0))

    def test_more_open_streams_are_asked_for_and_fewer_are_said(self):
        self.assertEqual([each.wanted for each in scenarios.held(15000)], [2000, 15000])
        self.assertEqual(scenarios.held()[1].wanted, 9000)
        self.assertIn("`ulimit -n` allows no more", scenarios.Held("x", 1 << 30).what)

    def test_the_same_is_asked_over_tls(self):
        by_name = {each.name: each for each in scenarios.TIMED}
        for name in ("S1", "S4"):
            for letter in ("t", "h"):
                usual, secured = by_name[name], by_name[name + letter]
                same = [flag for flag in secured.flags(1.0) if flag != "--http2"]
                self.assertEqual(same, usual.flags(1.0))
                self.assertEqual("--http2" in secured.flags(1.0), letter == "h")
                taking = [side.name for side in sides.ALL if side.takes(secured)]
                self.assertEqual(taking, ["nginx-tls", "tayyar-tls"])
                self.assertEqual(secured.base, "nginx-tls")
        for side in sides.SECURED:
            self.assertEqual([each.name for each in scenarios.TIMED if side.takes(each)], list(side.scenarios))

    def test_dialects_are_compared_by_themselves(self):
        between = next(each for each in scenarios.TIMED if each.name == "T")
        taking = [side.name for side in sides.ALL if side.takes(between)]
        self.assertEqual(sorted(taking), sorted(between.sides))
        self.assertIn(between.base, taking)
        others = [each for each in [*scenarios.TIMED, *scenarios.held()] if each != between]
        self.assertFalse([each for each in others for side in sides.TRANSLATED if side.takes(each)])


class Tables(unittest.TestCase):
    def test_a_scenario_may_have_a_base_of_its_own(self):
        rows = {"tayyar": row(turn(10)), "chat-messages": row(turn(14))}
        lines = tables.timed({"name": "T", "unit": "chunk", "base": "tayyar", "rows": rows})
        self.assertIn("| to tayyar |", lines[0])
        self.assertIn("| chat-messages | 14.0 | 14.0 to 14.0 | 1.40 |", lines[3])

    def test_without_direct_the_base_is_what_others_are_later_than(self):
        rows = {"nginx-tls": row(turn(10)), "tayyar-tls": row(turn(15), added={"ttft-p50": 0.02})}
        lines = tables.timed({"name": "S1h", "unit": "chunk", "base": "nginx-tls", "rows": rows})
        self.assertIn("| first token later than nginx-tls by us p50, p99, p99.9 | RSS", lines[0])
        self.assertIn("| 1.50 | 100 | 1.00 | 20, -, - | 1, 3 |", lines[3])
        self.assertEqual({line.count("|") for line in lines}, {lines[0].count("|")})

    def test_a_table_has_ratios_and_names_what_is_broken(self):
        rows = {"nginx": row(turn(10)), "tayyar": row(turn(15), broken=2)}
        lines = tables.timed({"name": "S4", "unit": "request", "rows": rows})
        self.assertIn("| nginx | 10.0 |", lines[2])
        self.assertIn("| tayyar | 15.0 | 15.0 to 15.0 | 1.50 |", lines[3])
        self.assertIn("2 (eof)", lines[3])


class Groups(unittest.TestCase):
    def test_a_scenario_with_sides_of_its_own_is_measured_apart(self):
        args = types.SimpleNamespace(rounds=5, warm=40, json=None, sides=[])
        chosen = [side for side in sides.ALL if not side.far]
        comparison = compare().Comparison(args, chosen, scenarios.TIMED, [])
        try:
            usual, between, tls, http2 = comparison.groups()
            self.assertEqual([each.name for each in between[1]], ["T"])
            self.assertFalse([side for side in usual[0] if side in [*sides.TRANSLATED, *sides.SECURED]])
            # Each protocol has a warm-up of its own.
            self.assertEqual([each.name for each in tls[1]], ["S1t", "S4t"])
            self.assertEqual([each.name for each in http2[1]], ["S1h", "S4h"])
            self.assertEqual([side.name for side in http2[0]], ["nginx-tls", "tayyar-tls"])
            self.assertGreater(comparison.seconds(), 600)
        finally:
            shutil.rmtree(comparison.folder)


class Generator(unittest.TestCase):
    def test_sides_with_tls_are_asked_so_and_their_certificate_is_trusted(self):
        pem = Path("/edge.pem")
        asked = rounds.asking([sides.Running("a", 1, "sk-x", authority=pem), sides.Running("b", 2, "sk-y", authority=pem)])
        self.assertEqual(asked[:2], ["--ca", pem])
        self.assertEqual(asked[2:6], ["--url", "a=https://127.0.0.1:1/v1", "--key", "sk-x"])
        self.assertEqual(asked[6:], ["--url", "b=https://127.0.0.1:2/v1", "--key", "sk-y"])
        self.assertEqual(rounds.asking([sides.Running("a", 1, "sk-x")])[:2], ["--url", "a=http://127.0.0.1:1/v1"])

    def test_a_certificate_is_made_once(self):
        if shutil.which("openssl") is None:
            self.skipTest("openssl is not on the PATH")
        with tempfile.TemporaryDirectory() as name:
            pem, key = sides.certificate(Path(name))
            before = pem.read_bytes()
            self.assertIn(b"BEGIN CERTIFICATE", before)
            self.assertIn(b"BEGIN PRIVATE KEY", key.read_bytes())
            self.assertEqual(sides.certificate(Path(name))[0].read_bytes(), before)


class Runs(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.json = Path(self.folder.name) / "build" / "out.json"
        args = types.SimpleNamespace(rounds=1, warm=1, json=self.json, sides=["direct"])
        self.comparison = compare().Comparison(args, [sides.Direct()], scenarios.quick()[1:], [])
        self.comparison.versions = {"direct": "1"}

    def tearDown(self):
        self.folder.cleanup()
        shutil.rmtree(self.comparison.folder)

    def test_where_the_generator_fails_the_run_goes_on(self):
        nobody = sides.Running("tayyar", servers.free_port(), "sk-x", headers=("no field",))
        self.assertFalse(self.comparison.warm(nobody, scenarios.SHORT, True, 1.0))

    def test_what_is_known_is_kept_behind_each_scenario(self):
        self.comparison.rows["S4"]["direct"] = row(turn(None))
        self.comparison.keep()
        kept = json.loads(self.json.read_text())
        self.assertEqual(kept["scenarios"][0]["rows"]["direct"]["requests"], 10)


if __name__ == "__main__":
    unittest.main()
