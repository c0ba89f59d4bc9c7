package tayyar.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tayyar.upstream.Resident.State;
import tayyar.upstream.Resident.Terms;

/** Models whose workers are real processes, of a shell: they are ready once a file is there. */
@Timeout(60)
final class ResidentsTest {
  private static final Duration SOON = Duration.ofSeconds(20);
  private static final int THREADS = 3;

  /** Writes what it is told into a file, and gives signs of life; ends with its input. */
  private static final String WORKER =
      """
      while [ ! -e "$1.go" ]; do sleep 0.02; done
      echo '{"ready":{"context":128}}'
      while true; do
        if read -r -t 1 line; then echo "$line" >> "$1.told"; else [ $? -gt 128 ] || exit 0; fi
        echo '{"alive":true}'
      done
      """;

  @TempDir private Path folder;
  private final Map<Resident, Terms> served = new LinkedHashMap<>();
  private Residents residents = new Residents(10, THREADS);

  @AfterEach
  void endAll() {
    residents.close();
  }

  private Resident model(String name, int bytes, boolean atStart, Duration idle)
      throws IOException {
    Files.createFile(folder.resolve(name + ".go"));
    return loading(name, bytes, atStart, idle);
  }

  /** One that is ready when its file is made. */
  private Resident loading(String name, int bytes, boolean atStart, Duration idle) {
    String file = folder.resolve(name).toString();
    return by(name, List.of("bash", "-c", WORKER, "worker", file), bytes, atStart, idle);
  }

  private Resident by(
      String name, List<String> command, int bytes, boolean atStart, Duration idle) {
    Path socket = folder.resolve(name + ".socket");
    var resident =
        new Resident(name, () -> new Worker(command, Worker.Libraries.OWN, socket, name, true, ""));
    served.put(resident, new Terms(bytes, atStart, idle));
    return resident;
  }

  private Resident atFirstUse(String name, int bytes) throws IOException {
    return model(name, bytes, false, Duration.ZERO);
  }

  private void serve() {
    residents.serve(served);
  }

  private State state(Resident resident) {
    return residents.now().stream()
        .filter(now -> now.model().equals(resident.model()))
        .map(Residents.Now::state)
        .findFirst()
        .orElse(State.ABSENT);
  }

  private void awaitState(Resident resident, State state) {
    await(resident.model() + " to be " + state).atMost(SOON).until(() -> state(resident) == state);
  }

  /** A request that comes and goes. */
  private void use(Resident resident) {
    residents.enter(resident);
    awaitState(resident, State.READY);
    residents.leave(resident);
  }

  private String told(Resident resident) throws IOException {
    Path file = folder.resolve(resident.model() + ".told");
    return Files.exists(file) ? Files.readString(file).replace("\n", " ").strip() : "";
  }

  @Test
  void isLoadedAtTheStartOrAtTheFirstUse() throws IOException {
    Resident early = model("early", 4, true, Duration.ZERO);
    Resident late = atFirstUse("late", 4);
    serve();
    awaitState(early, State.READY);
    assertThat(state(late)).isEqualTo(State.ABSENT);
    assertThat(residents.areUp()).isTrue();
    assertThat(late.info()).isNull();
    use(late);
    assertThat(residents.pids()).hasSize(2);
    assertThat(Objects.requireNonNull(late.info()).path("context").asInt()).isEqualTo(128);
  }

  @Test
  void anIdleOneIsUnloadedAndComesBack() throws IOException {
    Resident idle = model("idle", 4, false, Duration.ofMillis(50));
    Resident stays = atFirstUse("stays", 4);
    serve();
    use(stays);
    residents.enter(idle);
    awaitState(idle, State.READY);
    ProcessHandle first = ProcessHandle.of(residents.pids().getFirst()).orElseThrow();
    residents.leave(idle);
    awaitState(idle, State.ABSENT);
    await("its process to end").atMost(SOON).until(() -> !first.isAlive());
    assertThat(told(idle)).as("the end is said").endsWith("{\"bye\":true}");
    assertThat(idle.info()).as("what it said of itself stays known").isNotNull();
    use(idle);
    assertThat(state(stays)).isEqualTo(State.READY);
  }

  @Test
  void theLeastRecentlyUsedMakesRoom() throws IOException {
    Resident first = atFirstUse("first", 4);
    Resident second = atFirstUse("second", 4);
    Resident third = atFirstUse("third", 5);
    serve();
    use(first);
    use(second);
    use(first);
    use(third);
    awaitState(second, State.ABSENT);
    assertThat(state(first)).isEqualTo(State.READY);
    assertThat(held()).isEqualTo(9);
  }

  private long held() {
    return residents.now().stream().mapToLong(Residents.Now::bytes).sum();
  }

  @Test
  void oneInUseMakesNoRoomUntilItIsFree() throws Exception {
    Resident busy = atFirstUse("busy", 4);
    Resident small = atFirstUse("small", 4);
    Resident large = atFirstUse("large", 9);
    serve();
    use(small);
    residents.enter(busy);
    awaitState(busy, State.READY);
    residents.enter(large);
    assertThat(state(large)).isEqualTo(State.WAITING);
    assertThat(state(small)).as("its room alone would be of no use").isEqualTo(State.READY);
    var housed = new CountDownLatch(1);
    large.whenHoused(Runnable::run, housed::countDown);
    residents.leave(busy);
    assertThat(housed.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    awaitState(large, State.READY);
    assertThat(state(busy)).isEqualTo(State.ABSENT);
    assertThat(state(small)).isEqualTo(State.ABSENT);
    assertThat(held()).isEqualTo(9);
  }

  @Test
  void whoNobodyWaitsForAnyMoreIsNotLoaded() throws IOException {
    Resident busy = atFirstUse("busy", 6);
    Resident wanted = atFirstUse("wanted", 6);
    serve();
    residents.enter(busy);
    awaitState(busy, State.READY);
    residents.enter(wanted);
    assertThat(state(wanted)).isEqualTo(State.WAITING);
    residents.leave(wanted);
    assertThat(state(wanted)).isEqualTo(State.ABSENT);
    residents.leave(busy);
    assertThat(state(busy)).isEqualTo(State.READY);
  }

  /** Room that is on its way belongs to the one that asked first. */
  @Test
  void nobodyPassesTheOneThatComesNext() throws IOException {
    Resident idle = atFirstUse("idle", 8);
    Resident next = atFirstUse("next", 8);
    Resident other = atFirstUse("other", 2);
    serve();
    use(idle);
    residents.enter(next);
    residents.enter(other);
    awaitState(next, State.READY);
    awaitState(other, State.READY);
    assertThat(state(idle)).isEqualTo(State.ABSENT);
    assertThat(held()).isEqualTo(10);
  }

  @Test
  void askedForWhileItIsUnloadedItComesBack() throws IOException {
    Resident one = atFirstUse("one", 6);
    Resident two = atFirstUse("two", 6);
    serve();
    use(one);
    residents.enter(two);
    residents.enter(one);
    awaitState(two, State.READY);
    awaitState(one, State.WAITING);
    residents.leave(two);
    awaitState(one, State.READY);
    assertThat(state(two)).isEqualTo(State.ABSENT);
  }

  @Test
  void thoseThatAnswerShareTheCores() throws IOException {
    Resident one = atFirstUse("one", 4);
    Resident two = atFirstUse("two", 4);
    serve();
    residents.enter(one);
    awaitTold(one, "{\"threads\":3}");
    residents.enter(two);
    awaitTold(one, "{\"threads\":3} {\"threads\":2}");
    awaitTold(two, "{\"threads\":1}");
    residents.leave(two);
    awaitTold(one, "{\"threads\":3} {\"threads\":2} {\"threads\":3}");
  }

  private void awaitTold(Resident resident, String lines) {
    await(lines).atMost(SOON).untilAsserted(() -> assertThat(told(resident)).isEqualTo(lines));
  }

  @Test
  void aShareIsToldAgainAfterARestart() throws IOException {
    Resident one = atFirstUse("one", 4);
    Resident two = atFirstUse("two", 4);
    serve();
    residents.enter(one);
    awaitState(one, State.READY);
    residents.enter(two);
    awaitTold(two, "{\"threads\":1}");
    long pid = residents.pids().getLast();
    ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    awaitTold(two, "{\"threads\":1} {\"threads\":1}");
    assertThat(residents.restarts()).isEqualTo(1);
    assertThat(state(two)).as("its memory stays its own").isEqualTo(State.READY);
  }

  @Test
  void oneThatCannotBeLoadedGivesItsMemoryBackAndIsNotTriedAtOnce() throws IOException {
    Resident bad = by("bad", List.of("echo", "{\"fatal\":\"no model\"}"), 8, false, Duration.ZERO);
    Resident good = atFirstUse("good", 8);
    serve();
    residents.enter(bad);
    awaitState(bad, State.FAILED);
    residents.leave(bad);
    use(good);
    residents.enter(bad);
    assertThat(state(bad)).isEqualTo(State.FAILED);
    assertThat(Objects.requireNonNull(bad.worker()).broken()).isTrue();
    assertThat(residents.areUp()).as("the others go on").isTrue();
  }

  @Test
  void oneThatIsGoneStaysWhileItIsUsed() throws IOException {
    Resident stays = model("stays", 4, true, Duration.ZERO);
    Resident gone = model("gone", 4, true, Duration.ZERO);
    serve();
    awaitState(stays, State.READY);
    awaitState(gone, State.READY);
    residents.enter(gone);
    served.remove(gone);
    serve();
    assertThat(state(gone)).isEqualTo(State.READY);
    assertThat(residents.at(gone.target())).isNotNull();
    residents.leave(gone);
    await().atMost(SOON).until(() -> residents.now().size() == 1);
    assertThat(residents.at(gone.target())).isNull();
    assertThat(state(stays)).isEqualTo(State.READY);
  }

  @Test
  void oneThatIsGoneBeforeItWasReadyIsEnded() throws IOException {
    Resident never = loading("never", 4, true, Duration.ZERO);
    serve();
    awaitState(never, State.LOADING);
    assertThat(residents.areUp()).isFalse();
    served.clear();
    serve();
    await().atMost(SOON).until(() -> residents.now().isEmpty());
    assertThat(residents.pids()).isEmpty();
  }

  /** A server that takes requests goes on taking them. */
  @Test
  void readinessDoesNotWaitForOneThatIsAddedLater() throws IOException {
    Resident first = model("first", 4, true, Duration.ZERO);
    serve();
    awaitState(first, State.READY);
    Resident added = loading("added", 4, true, Duration.ZERO);
    serve();
    awaitState(added, State.LOADING);
    assertThat(residents.areUp()).isTrue();
    Files.createFile(folder.resolve("added.go"));
    awaitState(added, State.READY);
  }

  @Test
  void otherTermsCountForOneThatIsThere() throws IOException {
    Resident one = model("one", 4, true, Duration.ZERO);
    serve();
    awaitState(one, State.READY);
    served.put(one, new Terms(4, true, Duration.ofMillis(1)));
    serve();
    awaitState(one, State.ABSENT);
    assertThat(residents.areUp()).as("it was there").isTrue();
  }
}
